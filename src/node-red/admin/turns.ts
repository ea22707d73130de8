import { BusyError } from '../../shared/index.js';

/** Lets only so much be under way at a time, in all and for each user. Whoever comes too early is refused, not queued. */
export class Turns {
  readonly #byUser = new Map<string, number>();
  #all = 0;

  /** @param what is taken, for whoever comes too early */
  constructor(
    private readonly limits: { readonly ofUser: number; readonly all: number },
    private readonly what = 'connection test',
  ) {}

  /** @throws BusyError before any of the work is done */
  async take<T>(user: string, work: () => Promise<T>): Promise<T> {
    const own = this.#byUser.get(user) ?? 0;
    if (own >= this.limits.ofUser) throw new BusyError(`a ${this.what} is under way: wait for its end`);
    if (this.#all >= this.limits.all) throw new BusyError(`too many ${this.what}s are under way: try again shortly`);
    this.#byUser.set(user, own + 1);
    this.#all += 1;
    try {
      return await work();
    } finally {
      this.#all -= 1;
      const left = (this.#byUser.get(user) ?? 0) - 1;
      if (left > 0) this.#byUser.set(user, left);
      else this.#byUser.delete(user);
    }
  }
}
