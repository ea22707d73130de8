import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Where a portion of the bytes that were looked at ends, and how long nothing more is handed on after it. */
export interface Portion {
  readonly end: number;
  /** ms; 0: others have their turn first; absent: what follows may be handed on at once. */
  readonly pause?: number;
}

/**
 * A connection as a library sees it that deals with all it is given in one go: what has come is handed on in portions,
 * and meanwhile the peer has to wait.
 */
export abstract class PortionedStream extends Duplex {
  readonly #socket: Socket;
  /** What has come and is not handed on, from `at` on. */
  readonly #chunks: Buffer[] = [];
  #at = 0;
  /** The peer says no more. */
  #ended = false;
  /** Ends the pause. */
  #cancel: (() => void) | undefined;
  /** Whoever reads wants no more for now. */
  #full = false;
  #handing = false;

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#goOn();
      if (this.#chunks.length > 0 && !this.destroyed) socket.pause();
    });
    const ended = () => {
      this.#ended = true;
      this.#goOn();
    };
    socket.on('end', ended);
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', ended);
  }

  /** The next of the bytes, at least one. `undefined`: none of them may be handed on, and the stream has been destroyed. */
  protected abstract portion(chunk: Buffer, from: number): Portion | undefined;

  /** Waits. @returns what ends that */
  protected abstract later(pause: number, then: () => void): () => void;

  override _read(): void {
    this.#full = false;
    this.#goOn();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _writev(
    chunks: { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.cork();
    chunks.forEach(({ chunk, encoding }, at) => {
      if (at < chunks.length - 1) this.#socket.write(chunk, encoding);
      else this.#socket.write(chunk, encoding, done);
    });
    this.#socket.uncork();
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#cancel?.();
    this.#chunks.length = 0;
    this.#socket.destroy();
    // What has been handed on already is dealt with first: libraries cannot cope with an answer after the end.
    setImmediate(() => done(error));
  }

  #goOn(): void {
    // Whoever is handed something may ask for more at once.
    if (this.#handing) return;
    this.#handing = true;
    while (!this.#cancel && !this.#full && !this.destroyed && this.#chunks.length > 0) this.#handOn();
    this.#handing = false;
    if (this.#cancel || this.#full || this.destroyed) return;
    if (this.#ended) this.push(null);
    else this.#socket.resume();
  }

  #handOn(): void {
    const [chunk] = this.#chunks;
    const from = this.#at;
    const portion = chunk && this.portion(chunk, from);
    if (!portion) return;
    const { end, pause } = portion;
    this.#at = end < chunk.length ? end : 0;
    if (this.#at === 0) this.#chunks.shift();
    // Before it is told: what is told may end it.
    if (pause !== undefined) {
      this.#cancel = this.later(pause, () => {
        this.#cancel = undefined;
        this.#goOn();
      });
    }
    this.#full = !this.push(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
  }
}
