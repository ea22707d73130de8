import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../setup/problem.mjs';

/** How long a program may take to start, ms. */
const startLimitMs = 60_000;
/** How long a program may take to end by itself before it is killed, ms. */
const stopLimitMs = 10_000;

const portAdvice =
  'Start again, or choose others with --simulator-port, --control-port, --homekit-port, --node-red-port and --mqtt-port.';

export interface Child {
  /** What it printed up to the time it was ready. */
  readonly opening: readonly string[];
  /** Types a line into it. */
  readonly type: (line: string) => void;
}

/** The programs of the demo: started one by one, stopped together. */
export class Children implements AsyncDisposable {
  readonly #processes: { name: string; process: ChildProcess; ended: Promise<unknown> }[] = [];
  readonly #logFolder: string;
  readonly #stopped: Promise<'stopped'>;
  #shown = false;

  /**
   * @param logFolder where each program's output is kept
   * @param signal aborts when the user wants to stop
   */
  constructor(logFolder: string, signal: AbortSignal) {
    this.#logFolder = logFolder;
    this.#stopped = signal.aborted ? Promise.resolve('stopped') : once(signal, 'abort').then(() => 'stopped');
  }

  /**
   * Starts a program, of Node unless another is named, and waits until it has printed a line for each of `ready`. Throws a `Problem`: START_FAILED,
   * PORT_TAKEN, or STOPPED where the user lost patience.
   */
  async start(
    name: string,
    args: readonly string[],
    ready: readonly RegExp[],
    command = process.execPath,
  ): Promise<Child> {
    const program = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const file = join(this.#logFolder, `${name}.log`);
    const log = createWriteStream(file);
    const ended = once(program, 'close').then(() => once(log.end(), 'close'));
    this.#processes.unshift({ name, process: program, ended });
    // It may be gone by the time that a line is typed.
    program.stdin.on('error', () => undefined);

    const awaited = new Set(ready);
    const opening: string[] = [];
    const isReady = Promise.withResolvers<'ready'>();
    for (const stream of [program.stdout, program.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        if (this.#shown && line.trim() !== '') process.stdout.write(`[${name}] ${line}\n`);
        if (awaited.size === 0) return;
        opening.push(line);
        for (const pattern of awaited) if (pattern.test(line)) awaited.delete(pattern);
        if (awaited.size === 0) isReady.resolve('ready');
      });
    }
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), startLimitMs);
    const outcome = await Promise.race([isReady.promise, late.promise, ended.then(() => 'ended'), this.#stopped]);
    clearTimeout(timer);
    if (outcome === 'stopped') throw new Problem('STOPPED', 'stopped before everything was up');
    if (outcome !== 'ready') {
      if (opening.some((line) => /EADDRINUSE|port in use/.test(line)))
        throw new Problem('PORT_TAKEN', `A port of ${name} was taken by another program just now. ${portAdvice}`);
      const why = outcome === 'ended' ? 'ended by itself' : `is not ready after ${startLimitMs / 1000} s`;
      throw new Problem('START_FAILED', `${name} ${why}. It printed (${file}):\n${opening.slice(-20).join('\n')}`);
    }
    return { opening, type: (line) => void program.stdin.write(`${line}\n`) };
  }

  /** From now on everything that the programs print is shown. */
  show(): void {
    this.#shown = true;
  }

  /** Resolves when the user wants to stop; throws a `Problem` when a program ends by itself. */
  async untilStopped(): Promise<void> {
    const outcome = await Promise.race([
      this.#stopped,
      ...this.#processes.map(({ name, ended }) => ended.then(() => ({ name }))),
    ]);
    if (outcome === 'stopped') return;
    throw new Problem('PART_ENDED', `${outcome.name} ended by itself: see ${this.#logFolder}/${outcome.name}.log`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#shown = false;
    await Promise.all(
      this.#processes.map(async ({ process, ended }) => {
        process.kill('SIGTERM');
        const timer = setTimeout(() => process.kill('SIGKILL'), stopLimitMs);
        await ended;
        clearTimeout(timer);
      }),
    );
  }
}
