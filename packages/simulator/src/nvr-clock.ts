import type { Clock, Timer } from '../../../src/shared/clock.js';

/** The clock of the NVR, which can be set: what it measures goes on as before. */
export class NvrClock implements Clock {
  readonly #clock: Clock;
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#offset;
  }

  after(ms: number, action: () => void): Timer {
    return this.#clock.after(ms, action);
  }

  /** @param ms to go ahead by */
  jump(ms: number): void {
    this.#offset += ms;
  }
}
