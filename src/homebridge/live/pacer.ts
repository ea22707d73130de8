import type { Clock, Timer } from '../../shared/index.js';
import type { RtpPackets } from './rtp-packets.js';

/** Bytes that may leave at once: what the socket buffer of a receiver holds for certain. */
const BURST = 64 * 1024;
/** Bytes per ms after that: 64 Mbit/s passes any Wi-Fi without a queue, and 2 s of 4 Mbit/s video in 125 ms. */
const RATE = 8 * 1024;
/** Bytes that a packet counts as at least: to protect and to send it takes so much time, however small it is. */
const MIN_COST = 1000;
/** ms between bursts while packets wait. */
const TICK = 4;

/** Bytes that may leave after `elapsed` ms (token bucket). Pure. */
export function refill(tokens: number, elapsed: number): number {
  return Math.min(BURST, tokens + Math.max(0, elapsed) * RATE);
}

function costOf(packets: RtpPackets, index: number): number {
  return Math.max(MIN_COST, packets.sizeOf(index));
}

/** Packets of one picture, and what is to be done before the first of them leaves. */
interface Waiting {
  readonly packets: RtpPackets;
  readonly prepare: () => void;
}

/** Sends packets in order, at once while there are few, paced when many come together (a replayed group of pictures). */
export class Pacer {
  readonly #clock: Clock;
  readonly #send: (packets: RtpPackets, index: number) => void;
  readonly #done: (packets: RtpPackets) => void;
  readonly #queue: Waiting[] = [];
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

  /** Bytes that wait, small packets counted as {@link MIN_COST}. */
  get waiting(): number {
    return this.#waitingBytes;
  }

  /** @param prepare what takes time for each packet: done in the turn in which the first of them leaves */
  enqueue(packets: RtpPackets, prepare: () => void = () => undefined): void {
    this.#queue.push({ packets, prepare });
    for (let index = 0; index < packets.count; index += 1) this.#waitingBytes += costOf(packets, index);
    if (!this.#timer) this.#drain();
  }

  close(): void {
    this.#queue.length = 0;
    this.#waitingBytes = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #drain(): void {
    const now = this.#clock.now();
    this.#tokens = refill(this.#tokens, now - this.#refilled);
    this.#refilled = now;
    let gone = 0;
    for (const waiting of this.#queue) {
      if (!this.#drainOne(waiting)) break;
      gone += 1;
    }
    this.#queue.splice(0, gone);
    this.#timer = this.#queue.length > 0 ? this.#clock.after(TICK, () => this.#drain()) : undefined;
  }

  /** Whether all of its packets are gone. */
  #drainOne({ packets, prepare }: Waiting): boolean {
    for (; this.#sent < packets.count; this.#sent += 1) {
      const cost = costOf(packets, this.#sent);
      if (this.#tokens < cost) return false;
      if (this.#sent === 0) prepare();
      this.#tokens -= cost;
      this.#waitingBytes -= cost;
      this.#send(packets, this.#sent);
    }
    this.#sent = 0;
    this.#done(packets);
    return true;
  }
}
