import type { Clock, Logger } from '../../shared/index.js';
import { type LimitCounters, limits } from '../../shared/internal.js';

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
  #minute = 0;
  #count = 0;

  constructor(options: HubLinesOptions) {
    this.#options = options;
  }

  warn(what: string): void {
    const { clock, logger, limits: counters, name } = this.#options;
    const minute = Math.floor(clock.now() / MINUTE);
    if (minute !== this.#minute) this.#count = 0;
    this.#minute = minute;
    this.#count += 1;
    if (this.#count <= limits.hub.lines) logger.warn(`${name}: ${what}`);
    else counters.hit('hub.lines', name, 'further lines about its recordings are left out for a minute');
  }
}
