import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';
import { cleanText } from '../clean-text.js';
import type { Clock, Timer } from '../clock.js';
import { NvrError } from '../errors.js';
import { limits } from '../limits.js';

/** A child that outlives its SIGKILL for so long hangs in the kernel: nobody waits for it. ms */
const GIVE_UP_AFTER = 250;
/** ms in which what a child writes is counted. */
const METERED = 10_000;
/** Windows has no process groups, and would open a console for a detached child. */
const GROUPS = process.platform !== 'win32';

/** How to spawn a {@link Child}, with pipes only: where there are process groups at the head of its own. */
export const SPAWN_OPTIONS: SpawnOptions = { detached: GROUPS, windowsHide: true };

export interface ChildOptions {
  /** Bytes that {@link Child.read} may deliver within 10 s. */
  readonly output: number;
  /** Bytes that may wait for a child that does not read. */
  readonly input: number;
  readonly clock: Clock;
  /** The child wrote more than it may, and is stopped. */
  readonly onFlood: (pipe: 'stdout' | 'stderr') => void;
  /** More waits for the child than may: it hangs. */
  readonly onStuck: () => void;
}

/** How a child ended. */
export interface ChildExit {
  /** `null` if a signal ended it or it never started. */
  readonly code: number | null;
  /**
   * Why: which limit it broke, why it did not start, or the last that it wrote to stderr. One line. Children get no
   * secrets, so there are none here.
   */
  readonly complaint: string;
  /** Why it was not started, where that was decided here. */
  readonly error?: NvrError;
}

/** Counts bytes within {@link METERED}. */
class Meter {
  readonly #limit: number;
  #counted = 0;
  #since = -Infinity;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether so many bytes more are still within the limit. */
  admits(bytes: number, now: number): boolean {
    if (now - this.#since >= METERED) {
      this.#counted = 0;
      this.#since = now;
    }
    this.#counted += bytes;
    return this.#counted <= this.#limit;
  }
}

/**
 * One child process with one owner: its pipes, its end and why. Whatever it does (crash, hang, flood, ignore signals,
 * close its pipes, start processes of its own), it costs a bounded amount of memory and ends when it is stopped.
 */
export class Child {
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess | undefined;
  readonly #options: ChildOptions;
  readonly #output: Meter;
  readonly #complaints = new Meter(limits.child.stderr);
  #finish: (exit: ChildExit) => void = () => undefined;
  #stderr: Buffer = Buffer.alloc(0);
  #broken: string | undefined;
  #ended = false;
  #giveUp: Timer | undefined;

  /** @param start spawns with {@link SPAWN_OPTIONS}, or throws: then this child has ended at once */
  constructor(start: () => ChildProcess, options: ChildOptions) {
    this.#options = options;
    this.#output = new Meter(options.output);
    this.exited = new Promise((resolve) => {
      this.#finish = (exit) => {
        this.#ended = true;
        this.#giveUp?.cancel();
        resolve(exit);
      };
    });
    try {
      this.#process = start();
      this.#follow(this.#process);
    } catch (error) {
      this.#finish({ code: null, complaint: explained(error), ...(error instanceof NvrError && { error }) });
    }
  }

  /** `undefined` if it did not start. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** For pipelines, which bound themselves: a child whose output nobody takes waits. */
  get stdout(): Readable | undefined {
    return this.#process?.stdout ?? undefined;
  }

  /** For pipelines. */
  get stdin(): Writable | undefined {
    return this.#process?.stdin ?? undefined;
  }

  /**
   * Delivers what the child writes. A child that writes more than its limit, to whichever pipes, or what `listener` throws
   * at, is stopped.
   *
   * @param pipe its file descriptor. Default: 1, stdout
   */
  read(listener: (bytes: Buffer) => void, pipe = 1): void {
    this.#pipes[pipe]?.on('data', (bytes: Buffer) => {
      if (this.#broken !== undefined) return;
      if (!this.#output.admits(bytes.length, this.#options.clock.now())) {
        this.#flooded('stdout');
        return;
      }
      try {
        listener(bytes);
      } catch (error) {
        this.#break(`it wrote nonsense (${explained(error)})`);
      }
    });
  }

  /** Writes to stdin. Returns `false` if the child has ended or has stopped reading: nothing was written. */
  write(data: Buffer): boolean {
    const { stdin } = this;
    if (this.#ended || !stdin?.writable) return false;
    if (stdin.writableLength > this.#options.input) {
      this.#options.onStuck();
      return false;
    }
    stdin.write(data);
    return true;
  }

  /**
   * Closes stdin, after `data` if given.
   *
   * @param pipe another one that the child reads: its file descriptor
   */
  end(data?: Buffer, pipe = 0): void {
    const input = this.#pipes[pipe];
    if (!input?.writable) return;
    if (data) input.end(data);
    else input.end();
  }

  /**
   * Ends the child and what it has started, at once: a converter has nothing to put in order. Resolves when it is gone,
   * within 300 ms at most. Fine to call again.
   */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.kill();
    const stderr = this.#process?.stderr;
    // Whoever else holds the other ends of the pipes: they are not waited for.
    for (const pipe of this.#pipes) if (pipe !== stderr) pipe?.destroy();
    // It may have ended by itself just now, and what it said of that is still to be read.
    this.#giveUp ??= this.#options.clock.after(GIVE_UP_AFTER, () => {
      stderr?.destroy();
      const { exitCode: code = null, signalCode = null } = this.#process ?? {};
      const isGone = code !== null || signalCode !== null;
      this.#finish({ code, complaint: this.#broken ?? (isGone ? this.#lastWords() : 'it cannot be ended') });
    });
    await this.exited;
  }

  /** Sends SIGKILL to the child and what it has started. */
  kill(): void {
    const { pid } = this;
    if (pid === undefined) return;
    try {
      if (GROUPS) process.kill(-pid, 'SIGKILL');
      else this.#process?.kill('SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  #follow(child: ChildProcess): void {
    // A child that dies takes its pipes along: `exited` tells, not each pipe.
    for (const pipe of this.#pipes) pipe?.on('error', () => undefined);
    child.stderr?.on('data', (bytes: Buffer) => this.#complain(bytes));
    child.on('error', (error) => {
      if (child.pid === undefined) this.#finish({ code: null, complaint: explained(error) });
    });
    child.once('exit', () => {
      // What it has started must not live on with its pipes.
      if (GROUPS) this.kill();
    });
    child.once('close', (code) => this.#finish({ code, complaint: this.#broken ?? this.#lastWords() }));
  }

  /** Our ends, by the child's file descriptor; none where the system is out of them, and there is no child either. */
  get #pipes(): readonly (Duplex | null)[] {
    // Of those that every child has, each goes one way only.
    return (this.#process?.stdio as readonly (Duplex | null)[] | undefined) ?? [];
  }

  #complain(bytes: Buffer): void {
    if (this.#broken !== undefined) return;
    this.#stderr = Buffer.concat([this.#stderr, bytes]).subarray(-limits.child.complaint);
    if (!this.#complaints.admits(bytes.length, this.#options.clock.now())) this.#flooded('stderr');
  }

  #lastWords(): string {
    return cleanText(this.#stderr.toString('utf8'), limits.child.complaint);
  }

  #flooded(pipe: 'stdout' | 'stderr'): void {
    this.#options.onFlood(pipe);
    this.#break(`it wrote more to ${pipe} than it may`);
  }

  #break(complaint: string): void {
    this.#broken = complaint;
    void this.stop();
  }
}

function explained(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error), limits.child.complaint);
}
