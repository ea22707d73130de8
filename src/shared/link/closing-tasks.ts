import { abortable } from '../abortable.js';

/** ms that what is still to be done may hold up the end of a client. */
const LIMIT = 1000;

/** What must still be done before a client closes. */
export class ClosingTasks {
  readonly #tasks = new Set<() => Promise<unknown>>();

  /** @returns what takes it back */
  add(task: () => Promise<unknown>): () => void {
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  /** Does them all, for 1 s at most; how they end is theirs to tell. */
  async finish(): Promise<void> {
    const done = Promise.allSettled([...this.#tasks].map(async (task) => task()));
    await abortable(done, AbortSignal.timeout(LIMIT)).catch(() => undefined);
  }
}
