import type { Clock } from '../../../../src/shared/clock.js';
import { Newest } from '../newest.js';

/** An entry of the NVR's log (SDK 9.26). */
export interface LogEntry {
  readonly type: string;
  readonly description: string;
  readonly channel?: number;
  /** ms since 1970 UTC */
  readonly createTime: number;
  readonly user?: string;
  /** Left out: what the recordings say. */
  readonly hasRecord?: boolean;
}

/** A search answers at most so many (SDK 9.25). */
const MAX_FOUND = 4000;
/** Older ones are forgotten. */
const KEPT = 100_000;

/** The NVR's log. */
export class Logs {
  readonly #clock: Clock;
  readonly #entries = new Newest<LogEntry>(
    KEPT,
    ({ type, description, user = '' }) => type.length + description.length + user.length,
  );

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the NVR itself notes, now. */
  note(entry: Omit<LogEntry, 'createTime'>): void {
    this.add([{ ...entry, createTime: this.#clock.wall() }]);
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of structuredClone(entries)) this.#entries.add(entry);
  }

  /** The oldest 4,000 of that type (`All`: any) and time (ms, both included; 0: open), oldest first. */
  search(type: string, startTime: number, endTime: number): readonly LogEntry[] {
    const end = endTime === 0 ? this.#clock.wall() : endTime;
    return this.#entries.all
      .filter(
        (entry) => (type === 'All' || entry.type === type) && entry.createTime >= startTime && entry.createTime <= end,
      )
      .sort((one, other) => one.createTime - other.createTime)
      .slice(0, MAX_FOUND);
  }
}
