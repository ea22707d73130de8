import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from './failure.js';

/** A window of ffplay, which shows what it is handed. */
export class Player implements AsyncDisposable {
  /** Resolves once somebody has closed it. Rejects with {@link Failure} `NOT_INSTALLED`, `PLAYER_FAILED`. */
  readonly closed: Promise<void>;
  readonly #process;

  /**
   * @param format of what it is handed, in the words of ffplay
   * @param env where it is looked for
   */
  constructor(format: readonly string[], title: string, env: Readonly<Record<string, string | undefined>>) {
    const args = ['-hide_banner', '-loglevel', 'error', '-window_title', title, '-fflags', 'nobuffer', ...format];
    this.#process = spawn('ffplay', [...args, '-i', '-'], { stdio: ['pipe', 'ignore', 'inherit'], env: { ...env } });
    // One that is gone is told by its end.
    this.#process.stdin.on('error', () => undefined);
    this.closed = new Promise((resolve, reject) => {
      this.#process.once('error', (error: NodeJS.ErrnoException) => {
        const isMissing = error.code === 'ENOENT';
        reject(
          isMissing ? new Failure('NOT_INSTALLED', 'ffplay, which ffmpeg brings, is not found: install it') : error,
        );
      });
      this.#process.once('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Failure('PLAYER_FAILED', `ffplay ended by ${signal ?? `exit code ${code}`}`));
      });
    });
    this.closed.catch(() => undefined);
  }

  /** Resolves once there is room for more, or it is closed. Rejects as {@link closed} does, and with the signal's reason. */
  async show(data: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#process.stdin.destroyed) return this.closed;
    if (this.#process.stdin.write(data)) return;
    try {
      await once(this.#process.stdin, 'drain', { signal });
    } catch {
      signal.throwIfAborted();
      await this.closed;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.closed.catch(() => undefined);
  }
}
