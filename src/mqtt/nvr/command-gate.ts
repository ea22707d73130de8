import type { Clock } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';

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

  /** Makes room for one: what carries it out, once; `undefined` where too many are under way. */
  begin(): (<T>(work: () => Promise<T>) => Promise<T>) | undefined {
    if (this.#underWay >= limits.broker.underWay) return undefined;
    this.#underWay += 1;
    return async (work) => {
      try {
        return await work();
      } finally {
        this.#underWay -= 1;
      }
    };
  }
}
