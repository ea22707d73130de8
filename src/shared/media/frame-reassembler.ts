import {
  byteOrderAt,
  type ByteOrder,
  FRAME_HEADER_LENGTH,
  type Frame,
  MAX_FRAME_LENGTH,
  frameOf,
  readFrameHeader,
} from './frame.js';

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

/**
 * Makes frames of the messages of one connection. Normally one message is one frame; split and joined ones are put
 * right, and after damage the next frame is found by its magic. Byte order and the meaning of `datalen` are told by
 * the first frame and kept for the connection.
 */
export class FrameReassembler {
  readonly faults: FrameFaults = { strayBytes: 0, oversized: 0, truncated: 0, unknownTypes: 0 };
  #pending: Buffer = Buffer.alloc(0);
  #order: ByteOrder | undefined;
  #lengthCountsHeader: boolean | undefined;

  /** The frames that this message completes. Their data are views into the message. */
  push(message: Buffer): Frame[] {
    const frames: Frame[] = [];
    const beginsFrame = message.length >= 4 && this.#orderAt(message, 0) !== undefined;
    if (this.#pending.length > 0 && beginsFrame) {
      if (this.#pending.length >= 4 && this.#orderAt(this.#pending, 0)) this.faults.truncated += 1;
      else this.faults.strayBytes += this.#pending.length;
      this.#pending = Buffer.alloc(0);
    }
    const bytes = this.#pending.length === 0 ? message : Buffer.concat([this.#pending, message]);
    this.#pending = bytes.subarray(this.#take(bytes, frames));
    return frames;
  }

  /** Takes whole frames and returns the offset of what must wait for more bytes. */
  #take(bytes: Buffer, frames: Frame[]): number {
    let at = 0;
    while (bytes.length - at >= 4) {
      const order = this.#orderAt(bytes, at);
      if (!order) {
        const next = this.#findFrame(bytes, at + 1);
        this.faults.strayBytes += next - at;
        at = next;
        continue;
      }
      if (bytes.length - at < FRAME_HEADER_LENGTH) break;
      const header = readFrameHeader(bytes, at, order);
      const length = this.#payloadLength(header.dataLength, bytes.length - at);
      if (length < 0 || length > MAX_FRAME_LENGTH) {
        this.faults.oversized += 1;
        at += 4;
        continue;
      }
      const end = at + FRAME_HEADER_LENGTH + length;
      if (end > bytes.length) break;
      this.#order ??= order;
      const frame = frameOf(header, bytes.subarray(at + FRAME_HEADER_LENGTH, end));
      if (frame) frames.push(frame);
      else this.faults.unknownTypes += 1;
      at = end;
    }
    return at;
  }

  #orderAt(bytes: Buffer, at: number): ByteOrder | undefined {
    const order = byteOrderAt(bytes, at);
    return this.#order === undefined || order === this.#order ? order : undefined;
  }

  /** Offset of the next magic, or of the last bytes that could be the begin of one. */
  #findFrame(bytes: Buffer, from: number): number {
    const found = magics(this.#order)
      .map((magic) => bytes.indexOf(magic, from))
      .filter((index) => index !== -1);
    return found.length > 0 ? Math.min(...found) : Math.max(from, bytes.length - 3);
  }

  #payloadLength(announced: number, available: number): number {
    this.#lengthCountsHeader ??= latch(announced, available);
    return this.#lengthCountsHeader ? announced - FRAME_HEADER_LENGTH : announced;
  }
}

/** Whether `datalen` includes the header: told by a first message that is exactly one frame. */
function latch(announced: number, available: number): boolean | undefined {
  if (announced + FRAME_HEADER_LENGTH === available) return false;
  return announced === available ? true : undefined;
}

const bigEndianMagic = Buffer.from([0x89, 0x63, 0x96, 0x15]);
const littleEndianMagic = Buffer.from([0x15, 0x96, 0x63, 0x89]);

function magics(order: ByteOrder | undefined): readonly Buffer[] {
  if (order === 'little') return [littleEndianMagic];
  return order === 'big' ? [bigEndianMagic] : [littleEndianMagic, bigEndianMagic];
}
