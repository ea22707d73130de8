import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from '@jest/globals';
import { run } from '../../src/cli/run.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** How a command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  /** Below {@link Program.env}; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** File descriptor of the process's stdout, in place of a pipe. */
  readonly stdout?: number;
  /** stdout is a terminal. */
  readonly terminal?: boolean;
  /** stdin is one, at which somebody types `input`. */
  readonly person?: boolean;
}

/** The command line, and a simulated NVR that its environment points at. */
export interface Program {
  nvr: Simulator;
  /** A folder for files, empty at first. */
  readonly folder: string;
  /** Its environment. */
  env: Record<string, string>;
  /** Runs it in this process, which is a second faster. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** What a run with --json wrote as its one document. */
  json(args: readonly string[], options?: RunOptions): Promise<unknown>;
  /** Starts it as a process, below {@link folder}. */
  start(args: readonly string[], options?: RunOptions): ChildProcessWithoutNullStreams;
}

/**
 * Call within a test file: one program and one simulator for all of its tests. Beside its processes the package of the
 * simulator is installed.
 */
export function withProgram(simulated: SimulatorOptions = { cameras: 2 }): Program {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-cli-'));
  // Inside the checkout, whose packages it takes.
  const place = join(checkout, `node_modules/.cache/everfocus-cli-${process.pid}-${folder.slice(-6)}`);
  const main = join(place, 'dist/cli/main.js');
  let built = false;
  const build = () => {
    if (built) return;
    built = true;
    mkdirSync(join(place, 'dist/cli'), { recursive: true });
    copyFileSync(join(checkout, 'package.json'), join(place, 'package.json'));
    bundle('src/cli/main.ts', main);
    const simulator = join(place, 'node_modules/everfocus-simulator');
    mkdirSync(join(simulator, 'dist'), { recursive: true });
    copyFileSync(join(checkout, 'packages/simulator/package.json'), join(simulator, 'package.json'));
    symlinkSync(join(checkout, 'packages/simulator/media'), join(simulator, 'media'));
    writeFileSync(join(simulator, 'dist/index.js'), '');
    bundle('packages/simulator/src/cli.ts', join(simulator, 'dist/cli.js'));
  };
  const start = (args: readonly string[], { env = {}, input, stdout }: RunOptions = {}) => {
    build();
    const child = spawn(process.execPath, [main, ...args], {
      ...{ env: { ...program.env, ...env }, cwd: folder },
      stdio: ['pipe', stdout ?? 'pipe', 'pipe'],
    }) as ChildProcessWithoutNullStreams;
    if (input !== undefined) child.stdin.end(input);
    return child;
  };
  const execute = async (args: readonly string[], options: RunOptions = {}) => {
    const { env = {}, input = '', terminal = false, person = false } = options;
    const stdout = Object.assign(new PassThrough(), { isTTY: terminal });
    const stderr = new PassThrough();
    const [out, err] = [bytesOf(stdout), bytesOf(stderr)];
    const keyboard = { isTTY: person, isRaw: false, setRawMode: () => undefined };
    const stdin = Object.assign(Readable.from([Buffer.from(input)]), keyboard) as unknown as NodeJS.ReadStream;
    const signal = new AbortController().signal;
    const code = await run({ args, env: { ...program.env, ...env }, stdin, stdout, stderr, signal });
    stdout.end();
    stderr.end();
    const bytes = await out;
    return { code, bytes, stdout: bytes.toString(), stderr: (await err).toString() };
  };
  const json = async (args: readonly string[], options?: RunOptions) => {
    const { stdout, stderr } = await execute([...args, '--json'], options);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`no JSON: ${stdout}${stderr}`);
    }
  };
  const program = { folder, env: {}, run: execute, json, start } as unknown as Program;

  beforeAll(async () => {
    program.nvr = await Simulator.start({ httpsPort: 0, rtspPort: 0, ...simulated });
    program.env = environmentFor(program.nvr, join(folder, 'store'));
  });
  afterAll(async () => {
    await program.nvr?.stop();
    rmSync(place, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  return program;
}

function bundle(source: string, file: string): void {
  // With the packages that it takes, which halves each start; those of CommonJS ask for Node's modules by `require`.
  const required = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', `--banner:js=${required}`];
  const esbuild = join(checkout, 'node_modules/esbuild/bin/esbuild');
  execFileSync(esbuild, [join(checkout, source), ...options, `--outfile=${file}`]);
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Points the command line at a simulator. */
export function environmentFor(
  { host, port }: { readonly host: string; readonly port: number },
  store: string,
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    ...{
      EVERFOCUS_HOST: host,
      EVERFOCUS_PORT: String(port),
      EVERFOCUS_USERNAME: 'admin',
      EVERFOCUS_PASSWORD: 'admin123',
    },
    EVERFOCUS_STORE: store,
    TZ: 'Europe/Berlin',
  };
}

/** What a process wrote, once it has ended. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const bytes = Buffer.concat(out);
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}
