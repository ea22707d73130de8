/** Something that stops a timer; stopping it twice is fine. */
export interface Timer {
  cancel(): void;
}

/**
 * Time, handed in from outside so that tests run without sleeping. It has two faces, and they never meet: a machine
 * without a battery clock steps by hours when NTP comes, and no duration may notice.
 */
export interface Clock {
  /** Measures: ms since some moment, never back and never in steps. Its value alone means nothing. */
  now(): number;
  /** The date, to be shown or sent: ms since 1970-01-01 UTC. It can be set, forwards and backwards. */
  wall(): number;
  /**
   * What this thread has worked: ms of its CPU time, on a machine that is busy otherwise less than has passed. Its value
   * alone means nothing.
   */
  worked(): number;
  /** Calls `action` once, after `ms` milliseconds as `now` counts them. */
  after(ms: number, action: () => void): Timer;
}

/** A time as people read it: 10000 ms → `10 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}

/** The longest that Node's timers can wait, ms: 24.8 days. */
const MAX_WAIT = 2 ** 31 - 1;

/** A timer that is late by so much was held up with all of this process, ms. */
const HELD_UP = 250;

/** ms; before Node 23.9 nobody tells, and what has passed stands for it. */
function threadTime(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  worked: threadTime,
  wall: () => Date.now(),
  after(ms, action) {
    const wait = Math.min(Math.ceil(ms), MAX_WAIT);
    const due = performance.now() + wait;
    let turn: NodeJS.Immediate | undefined;
    const timeout = setTimeout(() => {
      if (performance.now() - due < HELD_UP) return action();
      // The machine had no time for us, or slept. What came meanwhile is read before anybody finds that it never came:
      // the network has its turn next, and what is handed on in portions (`MessagePortions`) in the one after that.
      turn = setImmediate(() => (turn = setImmediate(action)));
    }, wait);
    return {
      cancel: () => {
        clearTimeout(timeout);
        clearImmediate(turn);
      },
    };
  },
};

/** Resolves after `ms`. Rejects with the signal's reason as soon as that is aborted. */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = clock.after(ms, () => resolve(undefined));
  try {
    await (signal ? abortable(promise, signal) : promise);
  } finally {
    timer.cancel();
  }
}

/**
 * What comes of the work, unless `ms` pass first: then what `late` returns or throws. Rejects with the signal's reason
 * as soon as that is aborted.
 *
 * @param work a promise, which goes on unheard where it is late; or what begins the work, and ends it with the signal
 *   that it is handed
 * @param unheard takes back what came of the work after all, also at the very moment at which it was given up: whoever
 *   waited never sees it
 */
export async function within<T, L>(
  clock: Clock,
  ms: number,
  work: Promise<T> | ((signal: AbortSignal) => Promise<T>),
  late: () => L,
  signal?: AbortSignal,
  unheard?: (value: T) => void,
): Promise<T | L> {
  const end = new AbortController();
  let begun: Promise<T> | undefined;
  const abort = () => end.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  let isLate = false;
  const timer = clock.after(ms, () => {
    isLate = !end.signal.aborted;
    end.abort();
  });
  try {
    end.signal.throwIfAborted();
    begun = typeof work === 'function' ? work(end.signal) : work;
    return await abortable(begun, end.signal);
  } catch (error) {
    if (unheard) begun?.then(unheard, () => undefined);
    if (isLate) return late();
    throw error;
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  }
}

/** The promise, or the signal's reason once it is aborted; the promise itself goes on, for others or unheard. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A clock that moves only when told to. For tests. */
export class ManualClock implements Clock {
  #now = 0;
  /** What `wall` is ahead of `now`. */
  #ahead: number;
  #timers: { due: number; action: () => void }[] = [];

  /** @param wall the date to begin with, ms since 1970-01-01 UTC */
  constructor(wall = 0) {
    this.#ahead = wall;
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  /** All the time. */
  worked(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#ahead;
  }

  after(ms: number, action: () => void): Timer {
    const timer = { due: this.#now + ms, action };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  /** Moves both faces on by `ms`, firing what falls due in order. */
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

  /** Sets the date forwards (`ms` positive) or backwards, as NTP does; nothing else changes. */
  stepWall(ms: number): void {
    this.#ahead += ms;
  }
}
