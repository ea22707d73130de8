import type { Clock, Timer } from '../../../src/shared/clock.js';

/**
 * The clock of the NVR, which can be set. It is a device of its own: what happens to the date of the machine that it is
 * simulated on, it does not notice.
 */
export class NvrClock implements Clock {
  readonly #clock: Clock;
  /** Add this to `now` to get the date. ms */
  #date: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#date = clock.wall() - clock.now();
  }

  now(): number {
    return this.#clock.now();
  }

  worked(): number {
    return this.#clock.worked();
  }

  wall(): number {
    return Math.floor(this.#clock.now() + this.#date);
  }

  after(ms: number, action: () => void): Timer {
    return this.#clock.after(ms, action);
  }

  /** @param ms to go ahead by */
  jump(ms: number): void {
    this.#date += ms;
  }
}
