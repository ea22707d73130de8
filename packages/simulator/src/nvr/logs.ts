import type { Clock } from '../../../../src/shared/clock.js';

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
  #entries: LogEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the NVR itself notes, now. */
  note(entry: Omit<LogEntry, 'createTime'>): void {
    this.add([{ ...entry, createTime: this.#clock.wall() }]);
  }

  add(entries: readonly LogEntry[]): void {
    const inOrder = (one: LogEntry, other: LogEntry) => one.createTime - other.createTime;
    this.#entries = [...this.#entries, ...structuredClone(entries)].sort(inOrder).slice(-KEPT);
  }

  /** The oldest 4,000 of that type (`All`: any) and time (ms, both included; 0: open), oldest first. */
  search(type: string, startTime: number, endTime: number): readonly LogEntry[] {
    const end = endTime === 0 ? this.#clock.wall() : endTime;
    return this.#entries
      .filter(
        (entry) => (type === 'All' || entry.type === type) && entry.createTime >= startTime && entry.createTime <= end,
      )
      .slice(0, MAX_FOUND);
  }
}
