import type { Clock, Timer } from '../../shared/index.js';
import type { RtpPackets } from './rtp-packets.js';

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
  readonly #send: (packets: RtpPackets, index: number) => void;
  readonly #done: (packets: RtpPackets) => void;
  #queue: RtpPackets[] = [];
  /** Packets of the first in the queue that are gone. */
  #sent = 0;
  #waitingBytes = 0;
  #tokens = BURST;
  #refilled: number;
  #timer: Timer | undefined;

  /** @param done all of these have been sent */
  constructor(
    clock: Clock,
    send: (packets: RtpPackets, index: number) => void,
    done: (packets: RtpPackets) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#send = send;
    this.#done = done;
    this.#refilled = clock.now();
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#waitingBytes;
  }

  enqueue(packets: RtpPackets): void {
    this.#queue.push(packets);
    for (let index = 0; index < packets.count; index += 1) this.#waitingBytes += packets.sizeOf(index);
    if (!this.#timer) this.#drain();
  }

  close(): void {
    this.#queue = [];
    this.#waitingBytes = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #drain(): void {
    const now = this.#clock.now();
    this.#tokens = refill(this.#tokens, now - this.#refilled);
    this.#refilled = now;
    let gone = 0;
    for (const packets of this.#queue) {
      if (!this.#drainOne(packets)) break;
      gone += 1;
    }
    this.#queue.splice(0, gone);
    this.#timer = this.#queue.length > 0 ? this.#clock.after(TICK, () => this.#drain()) : undefined;
  }

  /** Whether all of its packets are gone. */
  #drainOne(packets: RtpPackets): boolean {
    for (; this.#sent < packets.count; this.#sent += 1) {
      const bytes = packets.sizeOf(this.#sent);
      if (this.#tokens < bytes) return false;
      this.#tokens -= bytes;
      this.#waitingBytes -= bytes;
      this.#send(packets, this.#sent);
    }
    this.#sent = 0;
    this.#done(packets);
    return true;
  }
}
