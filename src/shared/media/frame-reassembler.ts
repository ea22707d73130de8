import {
  byteOrderAt,
  type ByteOrder,
  FRAME_HEADER_LENGTH,
  type Frame,
  MAX_FRAME_LENGTH,
  frameOf,
  readFrameHeader,
} from '../codec/frame.js';
import { type LengthDialect, lengthDialect } from './frame-length-dialect.js';

/** What was passed over, counted since the connection opened. */
export interface FrameFaults {
  /** Bytes in which no frame began. */
  strayBytes: number;
  /** Frames that announced more than {@link MAX_FRAME_LENGTH} bytes. */
  oversized: number;
  /** Frames that ended before their announced length. */
  truncated: number;
  /** Frames of a type that the document does not name. */
  unknownTypes: number;
}

/** How a device writes frames, where the document leaves it open (SDK 3.1). */
export interface FrameReading {
  readonly byteOrder: ByteOrder;
  /** Whether `datalen` includes the header. */
  readonly headerCounted: boolean;
}

const MAGIC_LENGTH = 4;

/**
 * Makes frames of the messages of one connection. Normally one message is one frame; split and joined ones are put
 * right, and after damage the next frame is found by its magic. The byte order is told by the first frame and kept for
 * the connection; what `datalen` counts is told by where frames begin, see {@link lengthDialect}.
 */
export class FrameReassembler {
  readonly faults: FrameFaults = { strayBytes: 0, oversized: 0, truncated: 0, unknownTypes: 0 };
  #chunks: Buffer[] = [];
  #pending = 0;
  /** Bytes that must be there before another look is worth it: each byte is copied once, however small the messages. */
  #needed = 0;
  #order: ByteOrder | undefined;
  #dialect: LengthDialect | undefined;
  /** The frame taken last, where its end was not seen yet; `begin` counts from the first pending byte. */
  #last: { readonly announced: number; begin: number } | undefined;

  /** What the frames so far show. */
  get reading(): FrameReading {
    return { byteOrder: this.#order ?? 'little', headerCounted: this.#dialect?.headerCounted ?? false };
  }

  /** The frames that this message completes. Their data are views into the message, or into a copy of several. */
  push(message: Buffer): Frame[] {
    const frames: Frame[] = [];
    const beginsFrame = message.length >= MAGIC_LENGTH && this.#orderAt(message, 0) !== undefined;
    if (this.#pending > 0 && beginsFrame) this.#endPending(frames);
    const isFirst = this.#pending === 0;
    this.#chunks.push(message);
    this.#pending += message.length;
    if (this.#pending >= this.#needed) this.#take(this.#collect(), isFirst, frames);
    return frames;
  }

  /** Another frame begins: what is pending has ended, whole or not. */
  #endPending(frames: Frame[]): void {
    const bytes = this.#collect();
    const order = bytes.length >= FRAME_HEADER_LENGTH ? this.#orderAt(bytes, 0) : undefined;
    if (order) {
      const announced = readFrameHeader(bytes, 0, order).dataLength;
      this.#dialect = lengthDialect(this.#dialect, { announced, next: bytes.length });
    }
    this.#take(bytes, false, frames);
    const rest = this.#collect();
    if (rest.length >= MAGIC_LENGTH && this.#orderAt(rest, 0)) this.faults.truncated += 1;
    else this.faults.strayBytes += rest.length;
    this.#keep(rest, rest.length, 0);
  }

  /** Takes whole frames; what must wait for more bytes stays pending. */
  #take(bytes: Buffer, isMessage: boolean, frames: Frame[]): void {
    let at = 0;
    let needed = MAGIC_LENGTH;
    while (bytes.length - at >= MAGIC_LENGTH) {
      const order = this.#orderAt(bytes, at);
      if (!order) {
        const next = this.#findMagic(bytes, at + 1, bytes.length) ?? Math.max(at + 1, bytes.length - MAGIC_LENGTH + 1);
        this.faults.strayBytes += next - at;
        at = next;
        continue;
      }
      if (bytes.length - at < FRAME_HEADER_LENGTH) {
        needed = FRAME_HEADER_LENGTH;
        break;
      }
      const header = readFrameHeader(bytes, at, order);
      const told = this.#learn(bytes, at, header.dataLength, isMessage);
      const length = header.dataLength - (this.#dialect?.headerCounted ? FRAME_HEADER_LENGTH : 0);
      if (length < 0 || length > MAX_FRAME_LENGTH) {
        this.faults.oversized += 1;
        at += MAGIC_LENGTH;
        continue;
      }
      const end = at + FRAME_HEADER_LENGTH + length;
      if (end > bytes.length) {
        needed = end - at;
        break;
      }
      this.#order ??= order;
      this.#last = told ? undefined : { announced: header.dataLength, begin: at };
      const frame = frameOf(header, bytes.subarray(at + FRAME_HEADER_LENGTH, end));
      if (frame) frames.push(frame);
      else this.faults.unknownTypes += 1;
      at = end;
    }
    this.#keep(bytes, at, needed);
  }

  /**
   * What the frame at `at` shows of the meaning of `datalen`: by its begin about the one before, by its end about itself.
   *
   * @returns whether its own end was seen: the next frame's begin then tells nothing new
   */
  #learn(bytes: Buffer, at: number, announced: number, isMessage: boolean): boolean {
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
    return next !== undefined;
  }

  #collect(): Buffer {
    const [only] = this.#chunks;
    return only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#pending);
  }

  #keep(bytes: Buffer, from: number, needed: number): void {
    const rest = bytes.subarray(from);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#pending = rest.length;
    this.#needed = needed;
    if (this.#last) this.#last.begin -= from;
  }

  #orderAt(bytes: Buffer, at: number): ByteOrder | undefined {
    const order = byteOrderAt(bytes, at);
    return this.#order === undefined || order === this.#order ? order : undefined;
  }

  /** Offset of the first magic that lies whole between `from` and `to`. */
  #findMagic(bytes: Buffer, from: number, to: number): number | undefined {
    const last = Math.min(to, bytes.length) - MAGIC_LENGTH;
    for (let at = from; at <= last; at += 1) if (this.#orderAt(bytes, at)) return at;
    return undefined;
  }
}
