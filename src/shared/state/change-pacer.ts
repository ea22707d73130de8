import type { Clock, Timer } from '../clock.js';
import { limits } from '../limits.js';
import type { EventChange } from './active-events.js';

/** ms */
const WINDOW = 1000;

/** How many changes of one (channel, type) nobody was told of, since that was said last. */
export interface DroppedChanges {
  readonly channel: number;
  readonly type: string;
  readonly changes: number;
}

/**
 * Hands changes on at once, but of one (channel, type) only so many a second: of a flood the begin and the outcome are
 * told, and nobody is kept busy by what lies between. That is counted: each change is either told or dropped.
 */
export class ChangePacer {
  readonly #clock: Clock;
  readonly #tell: (change: EventChange) => void;
  readonly #dropped: (dropped: DroppedChanges) => void;
  /** How many changes of each (channel, type) were told within this window. */
  readonly #told = new Map<string, number>();
  /** The newest of each that waits for the next window, by channel and type. */
  readonly #waiting = new Map<number, Map<string, EventChange>>();
  /** What was dropped within this window, by (channel, type). */
  readonly #lacking = new Map<string, DroppedChanges>();
  #begin = -Infinity;
  #timer: Timer | undefined;

  /** @param dropped is told when the second is over, before the change that waited for that */
  constructor(clock: Clock, tell: (change: EventChange) => void, dropped: (dropped: DroppedChanges) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#dropped = dropped;
  }

  /** Changes of one (channel, type) are turns: on, off, on. */
  push(change: EventChange): void {
    const now = this.#clock.now();
    if (now - this.#begin >= WINDOW) this.#newWindow(now);
    const { channel, type } = change;
    const key = `${channel} ${type}`;
    const waiting = this.#waiting.get(channel);
    const told = this.#told.get(key) ?? 0;
    // On and off again: what was told last is true anew.
    if (waiting?.delete(type)) return this.#drop(change, 2);
    if (told < limits.state.changesPerSecond) {
      this.#told.set(key, told + 1);
      return this.#tell(change);
    }
    this.#waiting.set(channel, (waiting ?? new Map<string, EventChange>()).set(type, change));
    this.#timer ??= this.#clock.after(this.#begin + WINDOW - now, () => this.#newWindow(this.#clock.now()));
  }

  /**
   * Types that are active by what has been told: a change that waits is not yet so. Whoever asked before it comes, and
   * believed it, would not hear that it never came.
   *
   * @param active types that are active now
   */
  asTold(channel: number, active: ReadonlySet<string>): ReadonlySet<string> {
    const told = new Set(active);
    for (const change of this.#waiting.get(channel)?.values() ?? []) {
      if (change.active) told.delete(change.type);
      else told.add(change.type);
    }
    return told;
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const types of this.#waiting.values()) for (const change of types.values()) this.#drop(change, 1);
    this.#told.clear();
    this.#waiting.clear();
    this.#tellDropped();
  }

  #drop({ channel, type }: EventChange, changes: number): void {
    const key = `${channel} ${type}`;
    this.#lacking.set(key, { channel, type, changes: (this.#lacking.get(key)?.changes ?? 0) + changes });
  }

  #tellDropped(): void {
    const lacking = [...this.#lacking.values()];
    this.#lacking.clear();
    for (const dropped of lacking) this.#dropped(dropped);
  }

  #newWindow(now: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#begin = now;
    // What waits is not told yet: whoever hears of what was dropped must not find it so.
    this.#tellDropped();
    const waiting = [...this.#waiting.values()].flatMap((types) => [...types.values()]);
    this.#told.clear();
    this.#waiting.clear();
    for (const change of waiting) this.push(change);
  }
}
