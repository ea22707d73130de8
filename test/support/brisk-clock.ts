import { ManualClock } from '../../src/shared/clock.js';

/** ms between two steps, and the longest that one counts for. */
const STEP = 5;
const LONGEST = 20;

/**
 * A clock that is faster than the machine's, so that nobody has to wait for seconds, and slower where the machine has no
 * time for this process: whoever looks at both ends of a connection by this clock finds neither of them late.
 */
export class BriskClock extends ManualClock implements Disposable {
  readonly #steps: NodeJS.Timeout;

  /** @param wall the date to begin with, ms since 1970-01-01 UTC */
  constructor(speed: number, wall = Date.now()) {
    super(wall);
    let last = performance.now();
    this.#steps = setInterval(() => {
      const now = performance.now();
      this.advance(speed * Math.min(now - last, LONGEST));
      last = now;
    }, STEP);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#steps);
  }
}
