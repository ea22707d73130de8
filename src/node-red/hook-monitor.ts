import type { NodeStatus } from 'node-red';
import { type Clock, FatalError, type NvrError, systemClock, type Timer } from '../shared/index.js';
import { type HookFacts, hookStatus } from './status.js';

/** ms between updates of the count: an event storm must not become a storm of editor messages. */
const COUNT_PACE = 1000;

/** Keeps the status of a hook node true to its connection. */
export class HookMonitor {
  #facts: HookFacts = { connection: 'connecting', failure: undefined, count: 0 };
  #pause: Timer | undefined;
  #stale = false;
  #closed = false;

  constructor(
    private readonly show: (status: NodeStatus) => void,
    private readonly clock: Clock = systemClock,
  ) {
    this.#update();
  }

  connected(): void {
    this.#facts = { ...this.#facts, connection: 'connected', failure: undefined };
    this.#update();
  }

  disconnected(error: NvrError | undefined): void {
    const failure = error instanceof FatalError ? error.code : undefined;
    this.#facts = { ...this.#facts, connection: 'disconnected', failure };
    this.#update();
  }

  /** Changes that a flood had too many of, since the deploy. */
  get dropped(): number {
    return this.#facts.dropped ?? 0;
  }

  /** One more message was sent. Shown at most once a second. */
  counted(): void {
    this.#count({ count: this.#facts.count + 1 });
  }

  /** So many changes of a flood were not told. Shown likewise. */
  drop(changes: number): void {
    this.#count({ dropped: this.dropped + changes });
  }

  #count(counts: Partial<HookFacts>): void {
    this.#facts = { ...this.#facts, ...counts };
    if (this.#pause) this.#stale = true;
    else this.#showCount();
  }

  /** Shows nothing any more. */
  close(): void {
    this.#closed = true;
    this.#pause?.cancel();
  }

  #showCount(): void {
    this.#update();
    this.#stale = false;
    this.#pause = this.clock.after(COUNT_PACE, () => {
      this.#pause = undefined;
      if (this.#stale) this.#showCount();
    });
  }

  #update(): void {
    if (!this.#closed) this.show(hookStatus(this.#facts));
  }
}
