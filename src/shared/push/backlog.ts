import { InvalidParameterError } from '../errors.js';
import { type LimitName, limits } from '../limits.js';

/** What waits for a reader who is slower than its source. Bounded. */
export interface Backlog<Item> {
  /**
   * @param bytes what the item takes in memory, by estimate; 0 where that does not count
   * @returns how many items, this one perhaps, are lost for it
   */
  put(item: Item, bytes?: number): number;
  /** The oldest item; `undefined` where there is none. */
  take(): Item | undefined;
  clear(): void;
}

/**
 * What happens to items that come faster than they are read: `latest` keeps only what is newest, a number keeps so many
 * (1–100,000) and drops the oldest.
 */
export type QueuePolicy = 'latest' | number;

type Exceeds = (limit: LimitName) => void;

/** Items a queue of the caller's may be long. */
const MAX_QUEUE = 100_000;

/**
 * The newest item of each key, in the order in which they came.
 *
 * @param keyOf items of the same key replace each other
 * @param exceeds is told of limits for which items are lost
 */
export function newestOfEach<Item>(keyOf: (item: Item) => string, exceeds: Exceeds = () => undefined): Backlog<Item> {
  const items = new Map<string, Weighed<Item>>();
  let waiting = 0;
  const remove = (key: string): Item | undefined => {
    const removed = items.get(key);
    items.delete(key);
    waiting -= removed?.bytes ?? 0;
    return removed?.item;
  };
  const take = (): Item | undefined => {
    for (const key of items.keys()) return remove(key);
    return undefined;
  };
  return {
    put(item, bytes = 0) {
      const key = keyOf(item);
      let lost = Number(remove(key) !== undefined);
      items.set(key, { item, bytes });
      waiting += bytes;
      while (items.size > 1 && (items.size > limits.hook.kinds || waiting > limits.hook.waiting)) {
        exceeds(waiting > limits.hook.waiting ? 'hook.waiting' : 'hook.kinds');
        take();
        lost += 1;
      }
      return lost;
    },
    take,
    clear() {
      items.clear();
      waiting = 0;
    },
  };
}

interface Weighed<Item> {
  readonly item: Item;
  readonly bytes: number;
}

/**
 * The newest `limit` items.
 *
 * @param exceeds is told of other limits for which items are lost
 */
export function newest<Item>(limit: number, exceeds: Exceeds = () => undefined): Backlog<Item> {
  const items = new Fifo<Weighed<Item>>();
  let waiting = 0;
  const take = (): Item | undefined => {
    const taken = items.take();
    waiting -= taken?.bytes ?? 0;
    return taken?.item;
  };
  return {
    put(item, bytes = 0) {
      items.put({ item, bytes });
      waiting += bytes;
      let lost = 0;
      while (items.length > 1 && (items.length > limit || waiting > limits.hook.waiting)) {
        if (waiting > limits.hook.waiting) exceeds('hook.waiting');
        take();
        lost += 1;
      }
      return lost;
    },
    take,
    clear() {
      items.clear();
      waiting = 0;
    },
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
