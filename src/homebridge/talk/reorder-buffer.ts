import type { Clock, Timer } from '../../shared/index.js';

/** ms that a missing packet is waited for. What comes later than that would not be heard any more. */
const WAIT = 60;
/** Lost packets in a row that are replaced; behind more of them, whoever listens has noticed anyway. */
const MAX_REPLACED = 5;
/** Packets that are held: as many as may come while one is waited for, and some. */
const MAX_HELD = 32;

/**
 * Brings packets into the order of their numbers. What comes in order passes at once; what comes ahead waits for what is
 * missing before it, and no longer than that is worth it.
 */
export class ReorderBuffer<T> {
  readonly #clock: Clock;
  readonly #onPacket: (packet: T | undefined) => void;
  readonly #held = new Map<number, T>();
  /** Number of the next packet; unknown before the first. */
  #next: number | undefined;
  #timer: Timer | undefined;

  /** @param onPacket gets `undefined` in place of a lost one, where it is worth replacing */
  constructor(clock: Clock, onPacket: (packet: T | undefined) => void) {
    this.#clock = clock;
    this.#onPacket = onPacket;
  }

  push(index: number, packet: T): void {
    this.#next ??= index;
    if (index < this.#next) return;
    this.#held.set(index, packet);
    this.#release();
    if (this.#held.size > MAX_HELD) this.#giveUp();
    else if (this.#held.size > 0) this.#timer ??= this.#clock.after(WAIT, () => this.#giveUp());
  }

  /** What is held is of no more use. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#held.clear();
  }

  #release(): void {
    for (let next = this.#next; next !== undefined && this.#held.has(next); next = this.#next) {
      const packet = this.#held.get(next);
      this.#held.delete(next);
      this.#next = next + 1;
      this.#onPacket(packet);
    }
    if (this.#held.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Goes on behind the gap. */
  #giveUp(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const first = Math.min(...this.#held.keys());
    const lost = first - (this.#next ?? first);
    this.#next = first;
    for (let replaced = 0; replaced < Math.min(lost, MAX_REPLACED); replaced += 1) this.#onPacket(undefined);
    this.#release();
    // Behind it there may be another one.
    if (this.#held.size > 0) this.#timer = this.#clock.after(WAIT, () => this.#giveUp());
  }
}
