/** UTF-16 units of text that one list holds at most: whoever is on the network may send it. */
const MAX_TEXT = 4 * 1024 * 1024;

/** The newest of what came, within a number and an amount of text. */
export class Newest<T> {
  readonly #items: T[] = [];
  readonly #most: number;
  readonly #textOf: (item: T) => number;
  #text = 0;

  /** @param textOf how much text an item holds, UTF-16 units */
  constructor(most: number, textOf: (item: T) => number) {
    this.#most = most;
    this.#textOf = textOf;
  }

  /** In the order in which they came. */
  get all(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#text += this.#textOf(item);
    // The newest stays, however long it is.
    while (this.#items.length > this.#most || (this.#text > MAX_TEXT && this.#items.length > 1)) {
      const oldest = this.#items.shift();
      if (oldest !== undefined) this.#text -= this.#textOf(oldest);
    }
  }
}
