import { InvalidParameterError } from '../errors.js';

/** What waits for a reader who is slower than its source. Bounded. */
export interface Backlog<Item> {
  /** @returns how many items, this one perhaps, are lost for it */
  put(item: Item): number;
  /** The oldest item; `undefined` where there is none. */
  take(): Item | undefined;
  clear(): void;
}

/**
 * What happens to items that come faster than they are read: `latest` keeps only what is newest, a number keeps so many
 * (1–100,000) and drops the oldest.
 */
export type QueuePolicy = 'latest' | number;

/** A queue of the caller's must not fill the memory. */
const MAX_QUEUE = 100_000;
/** A device that names ever new keys must not fill the memory. */
const MAX_KEYS = 1000;

/**
 * The newest item of each key, in the order in which they came.
 *
 * @param keyOf items of the same key replace each other
 */
export function newestOfEach<Item>(keyOf: (item: Item) => string): Backlog<Item> {
  const items = new Map<string, Item>();
  return {
    put(item) {
      const key = keyOf(item);
      const replaced = items.delete(key);
      items.set(key, item);
      if (items.size > MAX_KEYS) return Number(take(items) !== undefined);
      return Number(replaced);
    },
    take: () => take(items),
    clear: () => items.clear(),
  };
}

function take<Item>(items: Map<string, Item>): Item | undefined {
  for (const [key, item] of items) {
    items.delete(key);
    return item;
  }
  return undefined;
}

/** The newest `limit` items. */
export function newest<Item>(limit: number): Backlog<Item> {
  const items = new Fifo<Item>();
  return {
    put(item) {
      items.put(item);
      if (items.length <= limit) return 0;
      items.take();
      return 1;
    },
    take: () => items.take(),
    clear: () => items.clear(),
  };
}

/** First in, first out; taking costs the same however long it is. */
export class Fifo<Item> {
  #items: Item[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  put(item: Item): void {
    this.#items.push(item);
  }

  /** The oldest, which stays. */
  get first(): Item | undefined {
    return this.#items[this.#taken];
  }

  take(): Item | undefined {
    const item = this.#items[this.#taken];
    if (this.length > 0) this.#taken += 1;
    // What was taken is let go once it is half of all.
    if (this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}

/** @throws `INVALID_PARAMETER` */
export function checkQueue(queue: QueuePolicy): void {
  if (queue === 'latest' || (Number.isInteger(queue) && queue >= 1 && queue <= MAX_QUEUE)) return;
  throw new InvalidParameterError('queue', `must be "latest" or an integer from 1 to ${MAX_QUEUE}`);
}
