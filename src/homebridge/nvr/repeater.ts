import type { Clock, Timer } from '../../shared/index.js';
import { reconnectDelay } from '../../shared/index.js';

export interface RepeaterOptions {
  /** Resolves to the wait until the next run, ms. Rejecting means that it failed; saying so is its own business. */
  readonly task: () => Promise<number>;
  /** Whether another run could help after this failure. */
  readonly worthRepeating: (error: unknown) => boolean;
  readonly clock: Clock;
}

/** Runs one task again and again, one run at a time: at intervals while it succeeds, with growing waits while it fails. */
export class Repeater {
  readonly #options: RepeaterOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #failures = 0;
  #stopped = false;

  constructor(options: RepeaterOptions) {
    this.#options = options;
  }

  /** Runs as soon as possible: now, or once more after the run that is under way. Never rejects. */
  now(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#timer?.cancel();
    if (this.#running) this.#again = true;
    return (this.#running ??= this.#run());
  }

  /** No further run; one that is under way ends by itself. */
  close(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    const { task, worthRepeating } = this.#options;
    do {
      this.#again = false;
      try {
        const wait = await task();
        this.#failures = 0;
        this.#schedule(wait);
      } catch (error) {
        if (!worthRepeating(error)) this.close();
        this.#schedule(reconnectDelay(this.#failures++, Math.random()));
      }
    } while (this.#again && !this.#stopped);
    this.#running = undefined;
  }

  #schedule(ms: number): void {
    this.#timer?.cancel();
    if (!this.#stopped) this.#timer = this.#options.clock.after(ms, () => void this.now());
  }
}
