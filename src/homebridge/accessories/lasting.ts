import type { Clock, Timer } from '../../shared/index.js';

/** Something that lasts on for some time after it has ended, such as motion, or that somebody is there. */
export class Lasting {
  readonly #clock: Clock;
  readonly #duration: number;
  readonly #over: () => void;
  #lasts = false;
  #end: Timer | undefined;

  /**
   * @param duration ms that it lasts on
   * @param over told when that time is over; not where it is 0
   */
  constructor(clock: Clock, duration: number, over: () => void) {
    this.#clock = clock;
    this.#duration = duration;
    this.#over = over;
  }

  /** Whether it is so, or was a short time ago. */
  get lasts(): boolean {
    return this.#lasts || this.#end !== undefined;
  }

  set(lasts: boolean): void {
    if (lasts === this.#lasts) return;
    this.#lasts = lasts;
    this.#end?.cancel();
    this.#end = undefined;
    if (lasts || this.#duration === 0) return;
    this.#end = this.#clock.after(this.#duration, () => {
      this.#end = undefined;
      this.#over();
    });
  }

  /** It is not so any more, at once. */
  clear(): void {
    this.#lasts = false;
    this.#end?.cancel();
    this.#end = undefined;
  }
}
