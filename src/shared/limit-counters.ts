import { cleanText } from './clean-text.js';
import { type LimitName, limits, sizeOf } from './limits.js';
import type { Logger } from './logger.js';

/** How often a limit was hit. */
export interface LimitHits {
  readonly limit: LimitName;
  readonly count: number;
  /** The first hit, in words. */
  readonly first: string;
}

/**
 * Counts the limits that one NVR, or whoever speaks in its place, runs into: each is logged once, and all are shown by
 * `diagnose()`. Whoever enforces a limit tells it here.
 */
export class LimitCounters {
  readonly #logger: Logger;
  readonly #hits = new Map<LimitName, { count: number; readonly first: string }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * @param where what ran into it, such as `getLogs` or `live 3/main`
   * @param what became of it, such as `its reply is refused`
   */
  hit(limit: LimitName, where: string, what: string, times = 1): void {
    const hits = this.#hits.get(limit);
    if (hits) {
      hits.count += times;
      return;
    }
    const first = cleanText(`${where}: ${what} (limit ${limit}: ${sizeOf(limit)})`, limits.text.line);
    this.#hits.set(limit, { count: times, first });
    this.#logger.warn(`${first}; further ones are counted only`);
  }

  get hits(): readonly LimitHits[] {
    return [...this.#hits].map(([limit, { count, first }]) => ({ limit, count, first }));
  }
}

/** Tells what happens for the first time: a warning for each thing, and the things bounded. */
export class FirstTimes {
  readonly #seen = new Set<string>();

  /** `false` also once there have been too many different ones. */
  isFirst(thing: string): boolean {
    const key = cleanText(thing, limits.text.line);
    if (this.#seen.has(key) || this.#seen.size >= limits.kept.warnings) return false;
    this.#seen.add(key);
    return true;
  }
}
