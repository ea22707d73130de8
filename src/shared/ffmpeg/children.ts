import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '../clock.js';
import { LimitCounters, type LimitHits } from '../limit-counters.js';
import { limits } from '../limits.js';
import { type Logger, silentLogger } from '../logger.js';
import { Child, type ChildExit, SPAWN_OPTIONS } from './child.js';
import { type ChildPurpose, StartLimiter } from './start-limiter.js';

export interface ChildrenOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** The child processes of one host: starts them, within limits, and leaves none behind when the host exits. */
export class Children {
  readonly #clock: Clock;
  readonly #counters: LimitCounters;
  readonly #starts: StartLimiter;
  readonly #running = new Set<Child>();
  /** No time is left then for anything but a signal. */
  readonly #killAll = () => {
    for (const child of this.#running) child.kill();
  };

  constructor({ clock = systemClock, logger = silentLogger }: ChildrenOptions = {}) {
    this.#clock = clock;
    this.#counters = new LimitCounters(logger);
    this.#starts = new StartLimiter(clock, this.#counters);
  }

  /** Children that have not ended. */
  get running(): number {
    return this.#running.size;
  }

  /** Limits that children ran into. */
  get limitHits(): readonly LimitHits[] {
    return this.#counters.hits;
  }

  /**
   * Starts a program. One that does not start has ended at once and says why: where too many were started lately, by a
   * {@link TooManyStartsError}.
   *
   * @param owner whose process it is, such as a camera's name: each has a budget of its own
   */
  start(purpose: ChildPurpose, path: string, args: readonly string[], owner?: string): Child {
    const spawned = () => {
      this.#starts.admit(purpose, owner);
      return spawn(path, args, SPAWN_OPTIONS);
    };
    const child = new Child(spawned, {
      output: limits[`${purpose}Child`].output,
      clock: this.#clock,
      onFlood: (pipe) => {
        const limit = pipe === 'stdout' ? (`${purpose}Child.output` as const) : 'child.stderr';
        this.#counters.hit(limit, path, 'it writes too much and is ended');
      },
    });
    if (this.#running.size === 0) process.on('exit', this.#killAll);
    this.#running.add(child);
    void child.exited.then(() => {
      this.#running.delete(child);
      if (this.#running.size === 0) process.off('exit', this.#killAll);
    });
    return child;
  }

  /**
   * What a program that was just started writes, once it has ended, and how it ended.
   *
   * @param limit ms after which it is stopped
   */
  async output(child: Child, limit: number): Promise<{ readonly output: Buffer; readonly exit: ChildExit }> {
    const parts: Buffer[] = [];
    let late = false;
    const timer = this.#clock.after(limit, () => {
      late = true;
      void child.stop();
    });
    child.read((bytes) => parts.push(bytes));
    const exit = await child.exited;
    timer.cancel();
    const complaint = late ? `it was not done within ${limit / 1000} s` : exit.complaint;
    return { output: Buffer.concat(parts), exit: { ...exit, complaint } };
  }
}
