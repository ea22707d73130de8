import type { Clock, Logger } from '../../shared/index.js';
import { type LimitCounters, limits } from '../../shared/internal.js';
import { BoundedLines } from '../bounded-lines.js';

const MINUTE = 60_000;

export interface HubLinesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: LimitCounters;
  /** The camera's. */
  readonly name: string;
}

/** Says in the log what happens with the home hubs of a camera, a bounded number of times. */
export class HubLines {
  readonly #options: HubLinesOptions;
  readonly #lines: BoundedLines;

  constructor(options: HubLinesOptions) {
    const { clock, limits: counters, name: about } = options;
    this.#options = options;
    const otherwise = 'further lines about its recordings are left out for a minute';
    const bounds = { limit: 'hub.lines', most: limits.hub.lines, period: MINUTE } as const;
    this.#lines = new BoundedLines({ clock, counters, about, otherwise, ...bounds });
  }

  warn(what: string): void {
    const { logger, name } = this.#options;
    this.#lines.write(() => logger.warn(`${name}: ${what}`));
  }
}
