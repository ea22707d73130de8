import type { NvrError } from '../errors.js';
import { type Backlog, checkQueue, type QueuePolicy } from './backlog.js';

export interface StreamOptions {
  /** What becomes of items that come faster than they are read. */
  readonly queue?: QueuePolicy | undefined;
  /** Ends the stream: the iteration rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** In a stream that tells of it: the connection stands (anew), or is lost until another `true`. */
export interface ConnectionChange {
  readonly connected: boolean;
  /** Why it is lost, where that is known. */
  readonly error?: NvrError;
}

/**
 * Items of a push source, pulled: `for await (const item of stream)`. It listens from the moment it is made until it is
 * left (`break`, `return()`, `await using`) or ends. The source never waits for the reader: see {@link QueuePolicy}.
 * When the source ends, what waits is delivered first, and then the iteration rejects with the reason.
 */
export interface MessageStream<Item> extends AsyncIterableIterator<Item, undefined, undefined>, AsyncDisposable {
  /** Items that the reader lost by being too slow. */
  readonly dropped: number;
  next(): Promise<IteratorResult<Item, undefined>>;
  return(): Promise<IteratorResult<Item, undefined>>;
  [Symbol.asyncIterator](): MessageStream<Item>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where a source puts its items. */
export interface Sink<Item> {
  /** @param bytes see {@link Backlog} */
  push(item: Item, bytes?: number): void;
  /** No more items come; without an error the iteration is simply over. */
  end(error?: Error): void;
}

type Waiter<Item> = PromiseWithResolvers<IteratorResult<Item, undefined>>;

const OVER = { done: true, value: undefined } as const;

/**
 * A stream of what a source pushes.
 *
 * @param start begins to push, and returns what stops that
 * @param backlog what waits for the reader
 * @throws `INVALID_PARAMETER` for the queue; what `start` throws; or the signal's reason where it is aborted already
 */
export function openStream<Item>(
  start: (sink: Sink<Item>) => { close(): void },
  backlog: (queue: QueuePolicy) => Backlog<Item>,
  queue: QueuePolicy,
  signal?: AbortSignal,
): MessageStream<Item> {
  signal?.throwIfAborted();
  checkQueue(queue);
  return new PulledStream(start, backlog(queue), signal);
}

class PulledStream<Item> implements MessageStream<Item>, Sink<Item> {
  readonly #backlog: Backlog<Item>;
  readonly #signal: AbortSignal | undefined;
  readonly #source: { close(): void };
  readonly #abort = () => {
    this.#backlog.clear();
    this.end(this.#signal?.reason as Error);
  };
  #waiters: Waiter<Item>[] = [];
  #dropped = 0;
  #ended = false;
  #error: Error | undefined;

  constructor(start: (sink: Sink<Item>) => { close(): void }, backlog: Backlog<Item>, signal: AbortSignal | undefined) {
    this.#backlog = backlog;
    this.#signal = signal;
    this.#source = start(this);
    // A source may end, or have the signal aborted, while it starts.
    if (this.#ended) this.#source.close();
    else if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(item: Item, bytes?: number): void {
    if (this.#ended) return;
    this.#dropped += this.#backlog.put(item, bytes);
    const [waiter] = this.#waiters;
    // The backlog has the last word on what is worth reading.
    const value = waiter && this.#backlog.take();
    if (value === undefined) return;
    this.#waiters.shift();
    waiter?.resolve({ done: false, value });
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#source?.close();
    for (const waiter of this.#waiters.splice(0)) this.#finish(waiter);
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const waiter: Waiter<Item> = Promise.withResolvers();
    const item = this.#backlog.take();
    if (item !== undefined) waiter.resolve({ done: false, value: item });
    else if (this.#ended) this.#finish(waiter);
    else this.#waiters.push(waiter);
    return waiter.promise;
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#backlog.clear();
    this.end();
    this.#error = undefined;
    return OVER;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** The reason of the end is told once; whoever asks on finds that it is over. */
  #finish(waiter: Waiter<Item>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve(OVER);
    else waiter.reject(error);
  }
}
