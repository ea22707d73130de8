import { byteOrderAt, type ByteOrder, FRAME_HEADER_LENGTH, FRAME_MAGIC } from '../../codec/frame.js';

/** Bytes of a header that say something; the others are reserved, and nobody knows what stands there. */
const TOLD = 20;

/** A message in frames: what its headers say (hexadecimal), and the bytes between. */
export interface FrameParts {
  readonly parts: readonly (string | number)[];
  readonly payloads: readonly Buffer[];
}

/** Tells headers from payloads in the messages of one socket, however frames are cut into messages. */
export class FrameSplitter {
  #order: ByteOrder | undefined;
  /** Bytes of a header that the message before began. */
  #missing = 0;

  split(data: Buffer): FrameParts {
    const parts: (string | number)[] = [];
    const payloads: Buffer[] = [];
    const hide = (from: number, to: number) => {
      if (to <= from) return;
      parts.push(to - from);
      payloads.push(data.subarray(from, to));
    };
    let at = this.#head(data, 0, FRAME_HEADER_LENGTH - this.#missing, parts, hide);
    while (at < data.length) {
      const next = this.#next(data, at);
      hide(at, next);
      at = next < data.length ? this.#head(data, next, 0, parts, hide) : next;
    }
    return { parts, payloads };
  }

  /** Takes a header from its byte `from` on. @returns where it ends */
  #head(
    data: Buffer,
    at: number,
    from: number,
    parts: (string | number)[],
    hide: (from: number, to: number) => void,
  ): number {
    const length = Math.min(data.length - at, FRAME_HEADER_LENGTH - from);
    const told = Math.max(0, Math.min(length, TOLD - from));
    this.#missing = FRAME_HEADER_LENGTH - from - length;
    const hex = data.toString('hex', at, at + told);
    if (from === 0 && length === FRAME_HEADER_LENGTH) parts.push(hex);
    else {
      // A header that is cut is told in pieces, so that it cannot be taken for a whole one.
      if (told > 0) parts.push(...(told === TOLD ? [hex.slice(2), hex.slice(0, 2)].reverse() : [hex]));
      hide(at + told, at + length);
    }
    return at + length;
  }

  #next(data: Buffer, at: number): number {
    const found = (['little', 'big'] as const)
      .filter((order) => order === (this.#order ?? order))
      .map((order) => data.indexOf(MAGIC[order], at))
      .filter((index) => index >= 0);
    const next = Math.min(data.length, ...found);
    if (next < data.length) this.#order ??= byteOrderAt(data, next);
    return next;
  }
}

const MAGIC: Readonly<Record<ByteOrder, Buffer>> = { little: Buffer.alloc(4), big: Buffer.alloc(4) };
MAGIC.little.writeUInt32LE(FRAME_MAGIC);
MAGIC.big.writeUInt32BE(FRAME_MAGIC);
