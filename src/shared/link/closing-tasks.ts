import { type Clock, within } from '../clock.js';

/** ms that what is still to be done may hold up the end of a client. */
const LIMIT = 1000;

/** What must still be done before a client closes. */
export class ClosingTasks {
  readonly #clock: Clock;
  readonly #tasks = new Set<() => Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns what takes it back */
  add(task: () => Promise<unknown>): () => void {
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Does them all, for 1 s at most; how they end is theirs to tell. */
  async finish(): Promise<void> {
    const done = Promise.allSettled([...this.#tasks].map(async (task) => task()));
    await within(this.#clock, LIMIT, done, () => undefined);
  }
}
