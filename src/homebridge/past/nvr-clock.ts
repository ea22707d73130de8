import { type Clock, type Logger, type Nvr, type PastEvent, type Timer, within } from '../../shared/index.js';
import { clockAhead } from '../../shared/internal.js';

/** ms; clocks that differ by less are alike. */
const ALIKE = 1000;
/** ms after which it is read again: clocks drift, and are set. */
const READ_EVERY = 600_000;
/** ms that somebody who waits for what is played waits for it. */
const PATIENCE = 2000;

export interface NvrClockOptions {
  readonly client: Pick<Nvr, 'call'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The NVR's clock beside ours: what it has recorded is found by its own, while "30 seconds ago" is meant by ours. Where it
 * does not tell its time, the two are taken for alike.
 */
export class NvrClock {
  readonly #options: NvrClockOptions;
  readonly #closing = new AbortController();
  #ahead = 0;
  #next: Timer | undefined;

  constructor(options: NvrClockOptions) {
    this.#options = options;
  }

  /** ms by which the NVR's is ahead. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Reads it now, and every ten minutes as long as the NVR is there. */
  connected(): void {
    this.lost();
    this.#next = this.#options.clock.after(READ_EVERY, () => this.connected());
    void this.read();
  }

  lost(): void {
    this.#next?.cancel();
    this.#next = undefined;
  }

  /** Never rejects: where the NVR does not tell it in time, what was known holds. */
  async read(): Promise<void> {
    const { client, clock, logger } = this.#options;
    const read = async (signal: AbortSignal) => {
      const ahead = await clockAhead(client, clock, { signal });
      if (ahead !== undefined) this.#ahead = Math.abs(ahead) < ALIKE ? 0 : ahead;
    };
    try {
      await within(clock, PATIENCE, read, () => undefined, this.#closing.signal);
    } catch (error) {
      logger.debug(`the NVR does not tell its time: ${String(error)}`);
    }
  }

  close(): void {
    this.lost();
    this.#closing.abort();
  }
}

/** The same event by another clock. @param ahead ms by which that is ahead */
export function eventBy(event: PastEvent, ahead: number): PastEvent {
  const { from, to, recordedFrom, recordedTo } = event;
  const moved = (time: Date) => new Date(time.getTime() + ahead);
  return {
    ...event,
    from: moved(from),
    ...(to && { to: moved(to) }),
    ...(recordedFrom && { recordedFrom: moved(recordedFrom) }),
    ...(recordedTo && { recordedTo: moved(recordedTo) }),
  };
}
