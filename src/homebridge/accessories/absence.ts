/** What a healthy NVR has gone without for so long is gone: ms. Recorders list late, and cameras are away for repair. */
const GONE_AFTER = 24 * 60 * 60_000;
/** Of the time between two readings so much counts at most, ms: the machine may have slept. */
const LONGEST_STEP = 10 * 60_000;
/** Steps in which it is written to disk how long something is missing, ms. */
const MISSING_STEP = 15 * 60_000;

/** Whether it may be removed. @param missingFor ms, see {@link HealthyTime} */
export function isGone(missingFor: number): boolean {
  return missingFor >= GONE_AFTER;
}

/** ms, in steps that are worth a write to the disk. */
export function coarse(ms: number): number {
  return Math.floor(ms / MISSING_STEP) * MISSING_STEP || 1;
}

/**
 * Counts the time in which the NVR could have told of a camera and did not: from one healthy reading to the next. What
 * lies between a healthy reading and one that is none counts for nothing.
 */
export class HealthyTime {
  #last: number | undefined;

  /**
   * @param now monotonic, ms
   * @param healthy whether the NVR gave a list that can be believed
   * @returns ms that count since the reading before
   */
  step(now: number, healthy: boolean): number {
    const since = this.#last;
    this.#last = healthy ? now : undefined;
    if (!healthy || since === undefined) return 0;
    return Math.min(Math.max(0, now - since), LONGEST_STEP);
  }
}
