import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../src/shared/index.js';
import { until } from '../support/until.js';

/** ms: when a process that was just started, on a busy machine, is taken for one that hangs. */
const STARTED = 45_000;

/** What a program that has ended left behind. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** How a program is run. */
export interface ExampleRun {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node. */
  readonly node?: readonly string[];
  /** Arguments of the program. */
  readonly args?: readonly string[];
}

/** A program that runs. */
export interface Running {
  /** Resolves once it has printed that. */
  printed(text: string): Promise<unknown>;
  /** As Ctrl-C does. */
  interrupt(): void;
  readonly ended: Promise<Ended>;
}

/** A user's project: the package installed, and the examples of the documentation beside it. */
export class ExampleProject {
  readonly #folder = mkdtempSync(join(tmpdir(), 'everfocus-examples-'));
  readonly #children = new Set<ChildProcess>();
  #path = process.env['PATH'] ?? '';

  /** @param installation where the package is installed */
  static async create(installation: string): Promise<ExampleProject> {
    const project = new ExampleProject();
    writeFileSync(join(project.#folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    symlinkSync(join(installation, 'node_modules'), join(project.#folder, 'node_modules'), 'junction');
    cpSync(fileURLToPath(new URL('../../docs/examples', import.meta.url)), project.#folder, { recursive: true });
    const { path } = await findFfmpeg({ logger: silentLogger });
    if (path.includes('/') || path.includes('\\')) project.#path = `${dirname(path)}${delimiter}${project.#path}`;
    return project;
  }

  read(file: string): Buffer {
    return readFileSync(join(this.#folder, file));
  }

  /** Runs an example as users do, by Node itself. */
  start(example: string, { env = {}, node = [], args = [] }: ExampleRun): Running {
    const child = spawn(process.execPath, [...node, `${example}.ts`, ...args], {
      cwd: this.#folder,
      env: { PATH: this.#path, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => {
        this.#children.delete(child);
        resolve({ code, output, errors });
      });
    });
    return {
      printed: (text) =>
        until(
          () => `${example} to print "${text}"; it printed "${output}" and "${errors}"`,
          () => output.includes(text),
          STARTED,
        ),
      interrupt: () => child.kill('SIGINT'),
      ended,
    };
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true });
  }
}
