import type { Socket } from 'node:net';
import { type Portion, PortionedStream } from './portioned-stream.js';

/** Frames of a WebSocket that are dealt with before others have their turn. */
const PORTION = 256;
/** Ends the header of an HTTP response. */
const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * A connection that becomes a WebSocket, for a library that tells all messages of what has come in one go: that may be
 * tens of thousands. It hands on so many frames (RFC 6455, 5.2) at once; of frames of some size that is everything.
 */
export class MessagePortions extends PortionedStream {
  /** Bytes of the end of the HTTP header that have come; `undefined`: all of it. */
  #ofHeader: number | undefined = 0;
  /** Bytes of the frame that are still to come. */
  #rest = 0;
  /** Of a frame's header, as far as it has come. */
  readonly #frame: number[] = [];

  constructor(socket: Socket) {
    super(socket);
    // As the library would: what is said to a camera is small, and must not wait for more of it.
    socket.setNoDelay();
  }

  protected override portion(chunk: Buffer, from: number): Portion {
    let at = from;
    if (this.#ofHeader !== undefined) {
      at = this.#headerEnd(chunk, at);
      // The frames behind it are told by another parser.
      if (at < chunk.length) return { end: at, pause: 0 };
    }
    let frames = 0;
    while (at < chunk.length && frames < PORTION) {
      if (this.#rest > 0) {
        const passed = Math.min(this.#rest, chunk.length - at);
        this.#rest -= passed;
        at += passed;
        continue;
      }
      this.#frame.push(chunk[at] ?? 0);
      at += 1;
      const length = payloadLength(this.#frame);
      if (length === undefined) continue;
      this.#frame.length = 0;
      this.#rest = length;
      frames += 1;
    }
    return at < chunk.length ? { end: at, pause: 0 } : { end: at };
  }

  protected override later(_pause: number, then: () => void): () => void {
    const turn = setImmediate(then);
    return () => clearImmediate(turn);
  }

  /** Where the HTTP header ends, or what has come of it. */
  #headerEnd(chunk: Buffer, from: number): number {
    let seen = this.#ofHeader ?? 0;
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      seen = byte === HEADER_END[seen] ? seen + 1 : byte === HEADER_END[0] ? 1 : 0;
      if (seen < HEADER_END.length) continue;
      this.#ofHeader = undefined;
      return at + 1;
    }
    this.#ofHeader = seen;
    return chunk.length;
  }
}

/** Bytes that follow the header of a frame; `undefined`: it is not complete. */
function payloadLength(header: readonly number[]): number | undefined {
  const [, second] = header;
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const more = short === 126 ? 2 : short === 127 ? 8 : 0;
  // No peer that is a server masks; the bytes of the mask are passed over all the same.
  const mask = (second & 0x80) === 0 ? 0 : 4;
  if (header.length < 2 + more + mask) return undefined;
  return more === 0 ? short : header.slice(2, 2 + more).reduce((length, byte) => length * 256 + byte, 0);
}
