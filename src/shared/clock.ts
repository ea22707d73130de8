/** Something that stops a timer; stopping it twice is fine. */
export interface Timer {
  cancel(): void;
}

/** Time, handed in from outside so that tests run without sleeping. */
export interface Clock {
  /** ms since 1970-01-01 UTC. */
  now(): number;
  /** Calls `action` once, after `ms` milliseconds. */
  after(ms: number, action: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timeout = setTimeout(action, ms);
    return { cancel: () => clearTimeout(timeout) };
  },
};

/** A clock that moves only when told to. For tests. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { due: number; action: () => void }[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): Timer {
    const timer = { due: this.#now + ms, action };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** Moves on by `ms`, firing what falls due in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.due);
      next.action();
    }
    this.#now = end;
  }
}
