import type { Clock, Timer } from '../clock.js';
import { limits } from '../limits.js';
import type { EventChange } from './active-events.js';

/** ms */
const WINDOW = 1000;

/**
 * Hands changes on at once, but of one (channel, type) only so many a second: of a flood the begin and the outcome are
 * told, and nobody is kept busy by what lies between.
 */
export class ChangePacer {
  readonly #clock: Clock;
  readonly #tell: (change: EventChange) => void;
  readonly #held: (change: EventChange) => void;
  /** How many changes of each (channel, type) were told within this window. */
  readonly #told = new Map<string, number>();
  /** The newest of each that waits for the next window, by channel and type. */
  readonly #waiting = new Map<number, Map<string, EventChange>>();
  #begin = -Infinity;
  #timer: Timer | undefined;

  /** @param held is told of changes that have to wait */
  constructor(
    clock: Clock,
    tell: (change: EventChange) => void,
    held: (change: EventChange) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#held = held;
    this.#tell = tell;
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
    if (waiting?.delete(type)) return;
    if (told < limits.state.changesPerSecond) {
      this.#told.set(key, told + 1);
      return this.#tell(change);
    }
    this.#waiting.set(channel, (waiting ?? new Map<string, EventChange>()).set(type, change));
    this.#held(change);
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
    this.#told.clear();
    this.#waiting.clear();
  }

  #newWindow(now: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const waiting = [...this.#waiting.values()].flatMap((types) => [...types.values()]);
    this.#told.clear();
    this.#waiting.clear();
    this.#begin = now;
    for (const change of waiting) this.push(change);
  }
}
