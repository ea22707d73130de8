import type { Clock, Timer } from '../../shared/index.js';

/** Bytes that may leave at once: what the socket buffer of a receiver holds for certain. */
const BURST = 64 * 1024;
/** Bytes per ms after that: 64 Mbit/s passes any Wi-Fi without a queue, and 2 s of 4 Mbit/s video in 125 ms. */
const RATE = 8 * 1024;
/** ms between bursts while packets wait. */
const TICK = 4;

/** Bytes that may leave after `elapsed` ms (token bucket). Pure. */
export function refill(tokens: number, elapsed: number): number {
  return Math.min(BURST, tokens + Math.max(0, elapsed) * RATE);
}

/** Sends packets in order, at once while there are few, paced when many come together (a replayed group of pictures). */
export class Pacer {
  readonly #clock: Clock;
  readonly #queue: { bytes: number; send: () => void }[] = [];
  #tokens = BURST;
  #refilled: number;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#refilled = clock.now();
  }

  /** Packets that wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  enqueue(bytes: number, send: () => void): void {
    this.#queue.push({ bytes, send });
    if (!this.#timer) this.#drain();
  }

  close(): void {
    this.#queue.length = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #drain(): void {
    const now = this.#clock.now();
    this.#tokens = refill(this.#tokens, now - this.#refilled);
    this.#refilled = now;
    let sent = 0;
    for (const packet of this.#queue) {
      if (this.#tokens < packet.bytes) break;
      this.#tokens -= packet.bytes;
      packet.send();
      sent += 1;
    }
    this.#queue.splice(0, sent);
    this.#timer = this.#queue.length > 0 ? this.#clock.after(TICK, () => this.#drain()) : undefined;
  }
}
