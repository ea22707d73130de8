import { HEAD, LONGEST, pieceKinds, TIME, type TileNews } from '../pieces.js';

/** What a tile is sent. */
export type Piece =
  | { readonly kind: 'news'; readonly news: TileNews }
  | { readonly kind: 'start'; readonly data: Uint8Array<ArrayBuffer> }
  /** `time`: of its first picture, ms since 1970 UTC by the NVR's clock. */
  | { readonly kind: 'fragment'; readonly time: number; readonly data: Uint8Array<ArrayBuffer> };

/** Takes an answer apart as it comes. */
export class PieceReader {
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** The pieces that are whole now, each with the number of its tile. @throws RangeError where it is no such answer */
  push(bytes: Uint8Array<ArrayBuffer>): { readonly lane: number; readonly piece: Piece }[] {
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    if (this.#length < HEAD) return [];
    let all = this.#joined();
    const pieces: { lane: number; piece: Piece }[] = [];
    while (all.length >= HEAD) {
      const head = new DataView(all.buffer, all.byteOffset, HEAD);
      const length = head.getUint32(0);
      if (length > LONGEST) throw new RangeError('a piece is too long');
      if (all.length < HEAD + length) break;
      const piece = pieceOf(head.getUint8(5), all.subarray(HEAD, HEAD + length));
      if (piece) pieces.push({ lane: head.getUint8(4), piece });
      all = all.subarray(HEAD + length);
    }
    this.#waiting = [all];
    this.#length = all.length;
    return pieces;
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const [only, other] = this.#waiting;
    return only && !other ? only : joined(this.#waiting, this.#length);
  }
}

/** Bytes behind each other. */
export function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `undefined`: of a later release. */
function pieceOf(kind: number, payload: Uint8Array<ArrayBuffer>): Piece | undefined {
  switch (kind) {
    case pieceKinds.news:
      return { kind: 'news', news: JSON.parse(new TextDecoder().decode(payload)) as TileNews };
    case pieceKinds.start:
      return { kind: 'start', data: payload };
    case pieceKinds.fragment: {
      if (payload.length < TIME) throw new RangeError('a piece is too short');
      const time = new DataView(payload.buffer, payload.byteOffset, TIME).getFloat64(0);
      return { kind: 'fragment', time, data: payload.subarray(TIME) };
    }
    default:
      return undefined;
  }
}
