import { abortable, type Clock, within } from '../clock.js';

/** Requests in flight at one NVR, downloads that have begun not counted. */
const MAX_IN_FLIGHT = 4;
/** One place is kept for people. */
const MAX_POLLS_IN_FLIGHT = MAX_IN_FLIGHT - 1;
/** Scans, and downloads that have not begun, may take a minute each: they must not take every place. */
const MAX_SLOW_IN_FLIGHT = 2;

/** Who waits for a call: a person or a flow, or something that asks again and again. The first goes first. */
export type Priority = 'user' | 'poll';

/** Who takes a place: `slow` is what may need it for long, whoever waits for that. */
type Kind = Priority | 'slow';

/** Ends what was taken; once is enough. */
export type Release = () => void;

/** Whose turn it is to ask the NVR: a few requests at a time, people first, and what changes one thing in order. */
export class RequestQueue {
  readonly #waiting: Record<Kind, Set<() => void>> = { user: new Set(), slow: new Set(), poll: new Set() };
  readonly #turns = new Map<string, Promise<void>>();
  readonly #clock: Clock;
  #inFlight = 0;
  #slowInFlight = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a place among the requests in flight. Rejects with the signal's reason. */
  async place(kind: Kind, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#hasRoom(kind)) return this.#take(kind);
    const { promise, resolve } = Promise.withResolvers<Release>();
    const admit = () => resolve(this.#take(kind));
    this.#waiting[kind].add(admit);
    try {
      return await abortable(promise, signal);
    } catch (error) {
      // Admitted and given up in the same moment: the place goes to the next.
      if (!this.#waiting[kind].delete(admit)) void promise.then((release) => release());
      throw error;
    }
  }

  /**
   * Waits until everything that took a turn under that key before has ended it. Rejects with the signal's reason.
   *
   * @param patience ms after which it goes ahead all the same; who comes later waits for all
   */
  async turn(key: string, signal: AbortSignal, patience?: number): Promise<Release> {
    let end: Release = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const before = this.#turns.get(key) ?? Promise.resolve();
    const last = before.then(() => ended);
    this.#turns.set(key, last);
    void last.then(() => {
      if (this.#turns.get(key) === last) this.#turns.delete(key);
    });
    try {
      if (patience === undefined) await abortable(before, signal);
      else await within(this.#clock, patience, before, () => undefined, signal);
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  #hasRoom(kind: Kind): boolean {
    if (kind === 'slow' && this.#slowInFlight >= MAX_SLOW_IN_FLIGHT) return false;
    return this.#inFlight < (kind === 'poll' ? MAX_POLLS_IN_FLIGHT : MAX_IN_FLIGHT);
  }

  #take(kind: Kind): Release {
    const slow = kind === 'slow' ? 1 : 0;
    this.#inFlight += 1;
    this.#slowInFlight += slow;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#inFlight -= 1;
      this.#slowInFlight -= slow;
      this.#admit();
    };
  }

  #admit(): void {
    for (const kind of ['user', 'slow', 'poll'] as const) {
      const [next] = this.#waiting[kind];
      if (!next || !this.#hasRoom(kind)) continue;
      this.#waiting[kind].delete(next);
      next();
      return;
    }
  }
}
