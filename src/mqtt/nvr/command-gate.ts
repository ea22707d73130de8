import { type Clock, limits } from '../../shared/index.js';

/** ms in which as many commands may come as at once. */
const REFILL = 2000;

/** How many commands one NVR is bothered with: a burst, as many again over time, and few under way at a time. */
export class CommandGate {
  readonly #clock: Clock;
  #tokens: number = limits.broker.commands;
  #filled: number;
  #underWay = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filled = clock.now();
  }

  /** Whether one more message may be looked at. */
  admits(): boolean {
    const now = this.#clock.now();
    const earned = ((now - this.#filled) * limits.broker.commands) / REFILL;
    this.#tokens = Math.min(limits.broker.commands, this.#tokens + earned);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Carries it out, unless too many are under way. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= limits.broker.underWay) throw new Error('too many commands are under way');
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
    }
  }
}
