import type { Clock } from '../clock.js';
import { TooManyStartsError } from '../errors.js';
import type { LimitCounters } from '../limit-counters.js';
import { type LimitName, limits } from '../limits.js';

/** What a child process is for. */
export type ChildPurpose = 'sound' | 'video' | 'picture' | 'clip' | 'probe';

/** Whose process it is: each has a budget of its own for each purpose. */
export interface ChildOwner {
  /** Such as a camera's name. */
  readonly name: string;
  /** Those of the NVR in whose place it runs; without them, limits are counted as the host's. */
  readonly limits?: LimitCounters | undefined;
}

const MINUTE = 60_000;

/** So many at once, and as many a minute from then on. */
class Budget {
  readonly #perMinute: number;
  #left: number;
  #since: number;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
    this.#since = now;
  }

  left(now: number): number {
    const gained = (Math.max(0, now - this.#since) * this.#perMinute) / MINUTE;
    this.#left = Math.min(this.#perMinute, this.#left + gained);
    this.#since = now;
    return this.#left;
  }

  isFull(now: number): boolean {
    return this.left(now) === this.#perMinute;
  }

  spend(): void {
    this.#left -= 1;
  }
}

/**
 * Decides whether another child process may start. Each owner has a budget for each purpose, so that a camera whose
 * processes keep ending leaves the others theirs; each purpose has one, and all of them together.
 */
export class StartLimiter {
  readonly #clock: Clock;
  readonly #counters: LimitCounters;
  readonly #budgets = new Map<string, Budget>();

  constructor(clock: Clock, counters: LimitCounters) {
    this.#clock = clock;
    this.#counters = counters;
  }

  /**
   * Counts a start.
   *
   * @param owner without it only the others' limits hold
   * @throws {@link TooManyStartsError}
   */
  admit(purpose: ChildPurpose, owner?: ChildOwner): void {
    const now = this.#clock.now();
    if (this.#budgets.size > limits.child.owners) this.#forgetFull(now);
    const { starts, startsOfOne } = limits[`${purpose}Child`];
    const own = (name: string): [LimitName, Budget] => [
      `${purpose}Child.startsOfOne`,
      this.#budget(`${purpose} of ${name}`, startsOfOne, now),
    ];
    const budgets: [LimitName, Budget][] = [
      ...(owner === undefined ? [] : [own(owner.name)]),
      [`${purpose}Child.starts`, this.#budget(purpose, starts, now)],
      ['child.starts', this.#budget('', limits.child.starts, now)],
    ];
    const spent = budgets.find(([, budget]) => budget.left(now) < 1);
    if (spent) this.#refuse(spent[0], purpose, owner);
    for (const [, budget] of budgets) budget.spend();
  }

  #budget(key: string, perMinute: number, now: number): Budget {
    const budget = this.#budgets.get(key) ?? new Budget(perMinute, now);
    this.#budgets.set(key, budget);
    return budget;
  }

  #refuse(limit: LimitName, purpose: ChildPurpose, owner?: ChildOwner): never {
    const where = owner === undefined ? purpose : `${owner.name}: ${purpose}`;
    (owner?.limits ?? this.#counters).hit(
      limit,
      where,
      'too many processes within a minute: another one is not started',
    );
    throw new TooManyStartsError(`${where}: too many processes were started within a minute`);
  }

  /** A full budget is like one that was never used. */
  #forgetFull(now: number): void {
    for (const [key, budget] of this.#budgets) if (budget.isFull(now)) this.#budgets.delete(key);
  }
}
