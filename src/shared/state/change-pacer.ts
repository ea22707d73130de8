import type { Clock, Timer } from '../clock.js';
import { limits } from '../limits.js';
import type { EventChange } from './active-events.js';

/** ms */
const WINDOW = 1000;

interface Told {
  /** Changes that were told within this window. */
  count: number;
  /** The newest that waits for the next window. */
  held: EventChange | undefined;
}

/**
 * Hands changes on at once, but of one (channel, type) only so many a second: of a flood the begin and the outcome are
 * told, and nobody is kept busy by what lies between.
 */
export class ChangePacer {
  readonly #clock: Clock;
  readonly #tell: (change: EventChange) => void;
  readonly #held: (change: EventChange) => void;
  readonly #told = new Map<string, Told>();
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
    const key = `${change.channel} ${change.type}`;
    const told = this.#told.get(key);
    if (!told) {
      this.#told.set(key, { count: 1, held: undefined });
      return this.#tell(change);
    }
    // On and off again: what was told last is true anew.
    if (told.held) told.held = undefined;
    else if (told.count < limits.state.changesPerSecond) {
      told.count += 1;
      this.#tell(change);
    } else {
      told.held = change;
      this.#held(change);
      this.#timer ??= this.#clock.after(this.#begin + WINDOW - now, () => this.#newWindow(this.#clock.now()));
    }
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#told.clear();
  }

  #newWindow(now: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const held = [...this.#told.values()].flatMap((told) => told.held ?? []);
    this.#told.clear();
    this.#begin = now;
    for (const change of held) this.push(change);
  }
}
