import type { Clock } from '../shared/index.js';
import type { LimitCounters, LimitName } from '../shared/internal.js';

export interface BoundedLinesOptions {
  readonly clock: Clock;
  readonly counters: LimitCounters;
  /** Which limit it is. */
  readonly limit: LimitName;
  /** Lines within {@link period}. */
  readonly most: number;
  /** ms */
  readonly period: number;
  /** Whom the lines are about. */
  readonly about: string;
  /** What is told once where there would be more. */
  readonly otherwise: string;
}

/** Lets so many lines of a kind into the log within a time, whatever happens. */
export class BoundedLines {
  readonly #options: BoundedLinesOptions;
  #since = -Infinity;
  #count = 0;

  constructor(options: BoundedLinesOptions) {
    this.#options = options;
  }

  /** Writes the line, or counts it as one too many. */
  write(line: () => void): void {
    const { clock, counters, limit, most, period, about, otherwise } = this.#options;
    const now = clock.now();
    if (now - this.#since >= period) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count <= most) line();
    else counters.hit(limit, about, otherwise);
  }
}
