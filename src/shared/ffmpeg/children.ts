import { spawn } from 'node:child_process';
import { type Clock, systemClock } from '../clock.js';
import { LimitCounters, type LimitHits } from '../limit-counters.js';
import { type LimitName, limits } from '../limits.js';
import { type Logger, silentLogger } from '../logger.js';
import { Child, type ChildExit, SPAWN_OPTIONS } from './child.js';
import { type ChildOwner, type ChildPurpose, StartLimiter } from './start-limiter.js';

/** How much may wait for a child that does not read. */
export type InputLimit = 'child.input' | 'recording.input';

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
  readonly #owners = new WeakMap<Child, ChildOwner>();
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

  /** Limits that children ran into which no NVR answers for; the others are told where their owner says. */
  get limitHits(): readonly LimitHits[] {
    return this.#counters.hits;
  }

  /**
   * Starts a program. One that does not start has ended at once and says why: where too many were started lately, by a
   * {@link TooManyStartsError}.
   *
   * @param owner whose process it is: each has a budget of its own
   * @param pipes beside stdin, stdout and stderr, in both directions: their file descriptors are 3 and the following
   */
  start(
    purpose: ChildPurpose,
    path: string,
    args: readonly string[],
    owner?: ChildOwner,
    pipes = 0,
    input: InputLimit = 'child.input',
  ): Child {
    const spawned = () => {
      this.#starts.admit(purpose, owner);
      const more = Array.from({ length: pipes }, () => 'pipe' as const);
      return spawn(path, args, { ...SPAWN_OPTIONS, stdio: ['pipe', 'pipe', 'pipe', ...more] });
    };
    const child: Child = new Child(spawned, {
      output: limits[`${purpose}Child`].output,
      input: input === 'child.input' ? limits.child.input : limits.recording.input,
      clock: this.#clock,
      onFlood: (pipe) => {
        const limit = pipe === 'stdout' ? (`${purpose}Child.output` as const) : 'child.stderr';
        this.#hit(child, limit, purpose, 'ffmpeg writes too much and is ended');
      },
      onStuck: () => this.#hit(child, input, purpose, 'ffmpeg reads nothing, and gets nothing more'),
    });
    if (owner) this.adopt(child, owner);
    if (this.#running.size === 0) process.on('exit', this.#killAll);
    this.#running.add(child);
    void child.exited.then(() => {
      this.#running.delete(child);
      if (this.#running.size === 0) process.off('exit', this.#killAll);
    });
    return child;
  }

  /** From now on that is whose process it is: one that was started in advance, for whoever needs it first. */
  adopt(child: Child, owner: ChildOwner): void {
    this.#owners.set(child, owner);
  }

  #hit(child: Child, limit: LimitName, purpose: ChildPurpose, what: string): void {
    const owner = this.#owners.get(child);
    (owner?.limits ?? this.#counters).hit(limit, owner ? `${owner.name}: ${purpose}` : purpose, what);
  }

  /**
   * What a program that was just started writes, once it has ended, and how it ended.
   *
   * @param limit ms after which it is stopped
   */
  async output(child: Child, limit: number): Promise<{ readonly output: Buffer; readonly exit: ChildExit }> {
    const { outputs, exit } = await this.outputs(child, limit, [1]);
    return { output: outputs[0] ?? Buffer.alloc(0), exit };
  }

  /** The same of several of its pipes. @param pipes their file descriptors */
  async outputs(
    child: Child,
    limit: number,
    pipes: readonly number[],
  ): Promise<{ readonly outputs: readonly Buffer[]; readonly exit: ChildExit }> {
    const parts = pipes.map((): Buffer[] => []);
    let late = false;
    const timer = this.#clock.after(limit, () => {
      late = true;
      void child.stop();
    });
    pipes.forEach((pipe, index) => child.read((bytes) => parts[index]?.push(bytes), pipe));
    const exit = await child.exited;
    timer.cancel();
    const complaint = late ? `it was not done within ${limit / 1000} s` : exit.complaint;
    return { outputs: parts.map((each) => Buffer.concat(each)), exit: { ...exit, complaint } };
  }
}
