import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../shared/index.js';
import { type LimitCounters, limits } from '../../shared/internal.js';
import { PacketGuard } from './packet-guard.js';

export interface BrokerStreamOptions {
  readonly clock: Clock;
  readonly limits: LimitCounters;
}

/** Packets that are dealt with before others have their turn. */
const PORTION = 500;

/** Where a limit is hit, for who reads of it. */
export const BROKER = 'the broker';

/**
 * A connection to the broker as the MQTT library sees it: only what a broker may send, in portions between which everything
 * else has its turn, and no faster than can be dealt with: beyond, the broker has to wait.
 */
export class BrokerStream extends Duplex {
  readonly #socket: Socket;
  readonly #options: BrokerStreamOptions;
  readonly #guard = new PacketGuard(limits.broker.packet);
  /** What has come and is not handed on, from `at` on. */
  readonly #chunks: Buffer[] = [];
  #at = 0;
  /** The broker says no more. */
  #ended = false;
  /** Packets that may still be handed on at once, and when that was. */
  #credit: number = limits.broker.packets;
  #creditAt: number;
  #next: Timer | undefined;
  /** Whoever reads wants no more for now. */
  #full = false;

  constructor(socket: Socket, options: BrokerStreamOptions) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#options = options;
    this.#creditAt = options.clock.now();
    socket.on('data', (chunk: Buffer) => {
      socket.pause();
      this.#chunks.push(chunk);
      this.#goOn();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#goOn();
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => {
      this.#ended = true;
      this.#goOn();
    });
  }

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
    this.#next?.cancel();
    this.#chunks.length = 0;
    this.#socket.destroy();
    // What has been handed on already is dealt with first: the library cannot cope with an answer after the end.
    setImmediate(() => done(error));
  }

  #goOn(): void {
    if (this.#next || this.#full || this.destroyed) return;
    const [chunk] = this.#chunks;
    if (chunk) return this.#handOn(chunk);
    if (this.#ended) this.push(null);
    else this.#socket.resume();
  }

  #handOn(chunk: Buffer): void {
    const { packet, packets: burst, packetsPerSecond } = limits.broker;
    const { clock, limits: counters } = this.#options;
    const from = this.#at;
    const next = this.#guard.next(chunk, from, PORTION);
    if (!next) {
      counters.hit('broker.packet', BROKER, 'the connection is given up');
      this.destroy(new Error(`the broker sends what no broker may, or a packet of more than ${packet} bytes`));
      return;
    }
    this.#at = next.end < chunk.length ? next.end : 0;
    if (this.#at === 0) this.#chunks.shift();
    const now = clock.now();
    this.#credit = Math.min(burst, this.#credit + ((now - this.#creditAt) / 1000) * packetsPerSecond) - next.packets;
    this.#creditAt = now;
    if (this.#credit < 0) counters.hit('broker.packets', BROKER, 'packets come faster than they can be dealt with');
    const pause = Math.max(0, (-this.#credit / packetsPerSecond) * 1000);
    // Before it is told: what is told may end it.
    this.#next = clock.after(pause, () => {
      this.#next = undefined;
      this.#goOn();
    });
    this.#full = !this.push(from === 0 && next.end === chunk.length ? chunk : chunk.subarray(from, next.end));
  }
}
