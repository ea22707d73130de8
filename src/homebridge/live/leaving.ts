/** Closable things on their way out: who closes waits for them too. */
export class Leaving {
  readonly #leaving = new Set<Promise<void>>();

  /** Closes it, if there is anything, and remembers it until that is done. */
  add(thing: { close(): Promise<void> } | undefined): void {
    if (!thing) return;
    const leaving = thing.close();
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }

  /** Resolves when all are gone. */
  async gone(): Promise<void> {
    await Promise.all(this.#leaving);
  }
}
