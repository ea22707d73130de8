import {
  byteOrderAt,
  type ByteOrder,
  FRAME_HEADER_LENGTH,
  FRAME_MAGIC,
  type Frame,
  FrameType,
  frameOf,
  readFrameHeader,
} from '../codec/frame.js';
import { type LimitName, limits } from '../limits.js';
import { ByteQueue, unpinned } from '../codec/byte-queue.js';
import { type LengthDialect, lengthDialect } from './frame-length-dialect.js';

/** What was passed over, counted since the connection opened. */
export interface FrameFaults {
  /** Bytes in which no frame began. */
  strayBytes: number;
  /** Frames that announced more than 8 MiB, or audio of more than 64 KiB. */
  oversized: number;
  /** Frames that ended before their announced length. */
  truncated: number;
  /** Frames of a type that the document does not name. */
  unknownTypes: number;
  /** Pictures in which there is nothing to see: no NAL unit at their beginning, or far too many. */
  unreadable: number;
  /** Pictures that need one which was lost or damaged; only who asked for all got them. */
  withheld: number;
}

export function noFaults(): FrameFaults {
  return { strayBytes: 0, oversized: 0, truncated: 0, unknownTypes: 0, unreadable: 0, withheld: 0 };
}

/** How a device writes frames, where the document leaves it open (SDK 3.1). */
export interface FrameReading {
  readonly byteOrder: ByteOrder;
  /** Whether `datalen` includes the header. */
  readonly headerCounted: boolean;
}

export interface ReassembledFrame {
  readonly frame: Frame;
  /** A picture may be missing in front of it. */
  readonly afterLoss: boolean;
}

const MAGIC_LENGTH = 4;
/** The magic as it travels. */
const MAGIC: Readonly<Record<ByteOrder, Buffer>> = {
  little: Buffer.alloc(MAGIC_LENGTH),
  big: Buffer.alloc(MAGIC_LENGTH),
};
MAGIC.little.writeUInt32LE(FRAME_MAGIC);
MAGIC.big.writeUInt32BE(FRAME_MAGIC);
/** Bytes that are searched at a time while the byte order is open, so that a search ends soon behind the nearer find. */
const WINDOW = 4096;
/** Frames with stray bytes in front that show a habit. */
const PADDED = 4;
/** Zeros between frames, as far as devices align them. */
const PADDING = Buffer.alloc(4096);

/**
 * Makes frames of the messages of one connection. Normally one message is one frame; split and joined ones are put
 * right, and after damage the next frame is found by its magic. The byte order is told by the first frame and kept for
 * the connection; what `datalen` counts is told by where frames begin, see {@link lengthDialect}.
 */
export class FrameReassembler {
  readonly faults: FrameFaults;
  readonly #hit: (limit: LimitName, what: string) => void;
  readonly #waiting = new ByteQueue();
  /** Bytes that must be there before another look is worth it. */
  #needed = 0;
  /** Frames, whole or damaged, that may still be looked at in this message. */
  #looks = 0;
  #order: ByteOrder | undefined;
  #dialect: LengthDialect | undefined;
  /** The frame taken last, where its end was not seen yet; `begin` counts from the first pending byte. */
  #last: { readonly announced: number; begin: number } | undefined;
  /** Stray bytes in a row. */
  #strayRun = 0;
  /** How many of the newest frames had some in front, and are not outnumbered by those without. */
  #padded = 0;
  #lost = false;

  /** @param hit is told of limits */
  constructor(faults = noFaults(), hit: (limit: LimitName, what: string) => void = () => undefined) {
    this.faults = faults;
    this.#hit = hit;
  }

  /** What the frames so far show. */
  get reading(): FrameReading {
    return { byteOrder: this.#order ?? 'little', headerCounted: this.#dialect?.headerCounted ?? false };
  }

  /** The frames that this message completes. Their data are views into the message only where they are most of it. */
  push(message: Buffer): ReassembledFrame[] {
    const frames: ReassembledFrame[] = [];
    const beginsFrame = message.length >= MAGIC_LENGTH && this.#orderAt(message, 0) !== undefined;
    if (this.#waiting.length > 0 && beginsFrame) this.#endPending(frames);
    this.#looks = limits.frame.perMessage;
    if (this.#waiting.length === 0) this.#take(message, true, frames);
    else {
      this.#waiting.put(message);
      if (this.#waiting.length >= this.#needed) this.#take(this.#waiting.bytes, false, frames);
    }
    return frames;
  }

  /** Another frame begins: what is pending has ended, whole or not. */
  #endPending(frames: ReassembledFrame[]): void {
    const { bytes } = this.#waiting;
    const order = bytes.length >= FRAME_HEADER_LENGTH ? this.#orderAt(bytes, 0) : undefined;
    if (order) {
      const announced = readFrameHeader(bytes, 0, order).dataLength;
      this.#dialect = lengthDialect(this.#dialect, { announced, next: bytes.length });
    }
    this.#take(bytes, false, frames);
    const rest = this.#waiting.bytes;
    const cut = rest.length >= MAGIC_LENGTH ? this.#orderAt(rest, 0) : undefined;
    if (cut) {
      this.#truncated(rest.length < FRAME_HEADER_LENGTH ? undefined : readFrameHeader(rest, 0, cut).type);
    } else this.#stray(rest);
    this.#keep(rest, rest.length, 0);
  }

  /** Takes whole frames; what must wait for more bytes stays pending. */
  #take(bytes: Buffer, isMessage: boolean, frames: ReassembledFrame[]): void {
    let at = 0;
    let needed = MAGIC_LENGTH;
    while (bytes.length - at >= MAGIC_LENGTH) {
      const order = this.#orderAt(bytes, at);
      if (!order) {
        const next = this.#findMagic(bytes, at + 1, bytes.length) ?? Math.max(at + 1, bytes.length - MAGIC_LENGTH + 1);
        this.#stray(bytes.subarray(at, next));
        at = next;
        continue;
      }
      if (bytes.length - at < FRAME_HEADER_LENGTH) {
        needed = FRAME_HEADER_LENGTH;
        break;
      }
      if (this.#looks === 0) {
        this.#hit('frame.perMessage', 'the rest of the message is passed over');
        this.#lost = true;
        this.faults.strayBytes += bytes.length - at;
        at = bytes.length;
        break;
      }
      this.#looks -= 1;
      const header = readFrameHeader(bytes, at, order);
      const next = this.#learn(bytes, at, header.dataLength, isMessage);
      const length = header.dataLength - (this.#dialect?.headerCounted ? FRAME_HEADER_LENGTH : 0);
      if (length < 0 || length > limits.frame.bytes) {
        this.#hit('frame.bytes', 'the frame is passed over');
        this.faults.oversized += 1;
        this.#lost = true;
        at += MAGIC_LENGTH;
        continue;
      }
      const end = at + FRAME_HEADER_LENGTH + length;
      if (end > bytes.length) {
        needed = end - at;
        break;
      }
      const cut = next ?? (end < bytes.length ? this.#findMagic(bytes, at + FRAME_HEADER_LENGTH, end) : undefined);
      // Another frame begins within this one, which then was cut short.
      if (cut !== undefined && cut >= at + FRAME_HEADER_LENGTH && cut < end) {
        this.#truncated(header.type);
        at = cut;
        continue;
      }
      this.#order ??= order;
      this.#judgeStray();
      this.#last = next !== undefined ? undefined : { announced: header.dataLength, begin: at };
      if (Math.max(header.width, header.height) > limits.frame.side)
        this.#hit('frame.side', 'its size is not believed');
      this.#frame(frameOf(header, unpinned(bytes.subarray(at + FRAME_HEADER_LENGTH, end))), frames);
      at = end;
    }
    this.#keep(bytes, at, needed);
  }

  #frame(frame: Frame | undefined, frames: ReassembledFrame[]): void {
    if (!frame) this.faults.unknownTypes += 1;
    else if (frame.kind === 'audio' && frame.data.length > limits.frame.audio) {
      this.#hit('frame.audio', 'the frame is passed over');
      this.faults.oversized += 1;
    } else {
      frames.push({ frame, afterLoss: this.#lost });
      this.#lost = false;
    }
  }

  /** @param type where it came through */
  #truncated(type: number | undefined): void {
    this.faults.truncated += 1;
    if (type !== FrameType.g711) this.#lost = true;
  }

  /** Bytes in which no frame begins. */
  #stray(bytes: Buffer): void {
    this.faults.strayBytes += bytes.length;
    if (bytes.length > PADDING.length || !bytes.equals(PADDING.subarray(0, bytes.length)))
      this.#strayRun += bytes.length;
  }

  /**
   * A frame begins: what was in front of it may have been one, if it was more than a header. A few bytes, or zeros, are
   * padding, and so is what stands in front of nearly every frame: a device that sends whole blocks of its memory.
   */
  #judgeStray(): void {
    const isHabit = this.#padded >= PADDED && this.#strayRun <= PADDING.length;
    if (this.#strayRun >= FRAME_HEADER_LENGTH && !isHabit) this.#lost = true;
    this.#padded = this.#strayRun > 0 ? Math.min(2 * PADDED, this.#padded + 1) : Math.max(0, this.#padded - 1);
    this.#strayRun = 0;
  }

  /**
   * What the frame at `at` shows of the meaning of `datalen`: by its begin about the one before, by its end about itself.
   *
   * @returns where the next frame begins, if that was seen: it then tells nothing new
   */
  #learn(bytes: Buffer, at: number, announced: number, isMessage: boolean): number | undefined {
    if (this.#last) {
      const { announced, begin } = this.#last;
      this.#dialect = lengthDialect(this.#dialect, { announced, next: at - begin });
      this.#last = undefined;
    }
    const end = at + announced;
    const next = this.#findMagic(bytes, end, end + FRAME_HEADER_LENGTH + MAGIC_LENGTH);
    this.#dialect = lengthDialect(this.#dialect, {
      announced,
      next: next === undefined ? undefined : next - at,
      message: isMessage ? bytes.length - at : undefined,
    });
    return next;
  }

  #keep(bytes: Buffer, from: number, needed: number): void {
    // What waits already, and all of it, stays where it is.
    if (from > 0 || bytes.length !== this.#waiting.length) this.#waiting.keep(bytes.subarray(from));
    this.#needed = needed;
    if (this.#last) this.#last.begin -= from;
  }

  #orderAt(bytes: Buffer, at: number): ByteOrder | undefined {
    const order = byteOrderAt(bytes, at);
    return this.#order === undefined || order === this.#order ? order : undefined;
  }

  /** Offset of the first magic that lies whole between `from` and `to`. */
  #findMagic(bytes: Buffer, from: number, to: number): number | undefined {
    const end = Math.min(to, bytes.length);
    if (this.#order) return find(bytes, MAGIC[this.#order], from, end);
    for (let at = from; at + MAGIC_LENGTH <= end; at += WINDOW) {
      const windowEnd = Math.min(end, at + WINDOW + MAGIC_LENGTH - 1);
      const little = find(bytes, MAGIC.little, at, windowEnd);
      const big = find(bytes, MAGIC.big, at, little === undefined ? windowEnd : little + MAGIC_LENGTH - 1);
      if (big !== undefined || little !== undefined) return big ?? little;
    }
    return undefined;
  }
}

function find(bytes: Buffer, what: Buffer, from: number, to: number): number | undefined {
  if (to - from < what.length) return undefined;
  const at = bytes.subarray(from, to).indexOf(what);
  return at === -1 ? undefined : from + at;
}
