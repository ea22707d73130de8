import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { systemClock } from '../clock.js';

/** Bytes of stderr that are kept to explain a failure. */
const KEPT_STDERR = 2048;
/** ms from the polite signal to the one that cannot be refused. */
const KILL_AFTER = 200;
/** Bytes waiting for a child that does not read: it hangs, and memory is not for that. */
const MAX_WAITING = 4 * 1024 * 1024;

/** How a child ended. */
export interface ChildExit {
  /** `null` if a signal ended it or it never started. */
  readonly code: number | null;
  /** The last that it wrote to stderr, or why it did not start. Children get no secrets, so there are none here. */
  readonly complaint: string;
}

/** One child process with one owner: its pipes, its end and why. */
export class Child {
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcess;
  #stderr = '';
  #ended = false;

  constructor(path: string, args: readonly string[]) {
    this.#process = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    // A child that dies takes its pipes along: `exited` tells, not each pipe.
    this.#process.stdin?.on('error', () => {});
    this.#process.stdout?.on('error', () => {});
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    this.exited = new Promise((resolve) => {
      const end = (exit: ChildExit) => {
        this.#ended = true;
        resolve(exit);
      };
      this.#process.once('error', (error) => end({ code: null, complaint: error.message }));
      this.#process.once('close', (code) => end({ code, complaint: this.#stderr.trim() }));
    });
  }

  /** `undefined` if it did not start. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  get stdout(): Readable {
    const { stdout } = this.#process;
    if (!stdout) throw new Error('a child has pipes by construction');
    return stdout;
  }

  /** Writes to stdin. Returns `false` if the child has ended or has stopped reading: nothing was written. */
  write(data: Buffer): boolean {
    const { stdin } = this.#process;
    if (this.#ended || !stdin?.writable || stdin.writableLength > MAX_WAITING) return false;
    stdin.write(data);
    return true;
  }

  /** Closes stdin, after `data` if given. */
  end(data?: Buffer): void {
    const { stdin } = this.#process;
    if (!stdin?.writable) return;
    if (data) stdin.end(data);
    else stdin.end();
  }

  /** Ends the child, within {@link KILL_AFTER} ms or little more. Fine to call again. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#process.stdin?.destroy();
    this.#process.kill('SIGTERM');
    const kill = systemClock.after(KILL_AFTER, () => this.#process.kill('SIGKILL'));
    await this.exited;
    kill.cancel();
  }
}
