import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { freePort } from '../free-port.js';
import { until } from '../until.js';

const PROGRAM = join(dirname(createRequire(import.meta.url).resolve('homebridge')), '../bin/homebridge.js');
const PIN = '031-45-154';
/** ms between two looks at a process that is ending. */
const LOOK = 20;

export interface HomebridgeOptions {
  /** Folder with `node_modules/homebridge-everfocus-nvr`. */
  readonly plugins: string;
  /** The platform's section, without `platform`; `undefined`: the platform is not configured. */
  readonly platform?: Readonly<Record<string, unknown>>;
  /** Another Homebridge than that of this checkout, on another Node.js. */
  readonly installation?: { readonly node: string; readonly program: string };
  /** The platform's section is taken as it is; else it gets a name, and an ffmpeg that is there. */
  readonly asIs?: boolean;
  /** Source of a module that its process loads first. */
  readonly preload?: string;
}

/** What a mistake of ours leaves in the log, and what HAP-NodeJS and Homebridge say of plugins that do something wrong. */
const TROUBLES = [
  /unhandled|uncaught|TypeError|ReferenceError| {4}at .*\(.*\)|deprecat/i,
  /HAP-NodeJS WARNING|Could not initialize controller of type/i,
  /This plugin (?:generated a warning|threw an error|slows down Homebridge|is taking long time)/i,
];

/** Whether a line is one that no healthy plugin makes Homebridge write. */
export function isTrouble(line: string): boolean {
  return TROUBLES.some((sign) => sign.test(line));
}

/** The line that an NVR is connected; "again", where a busy machine was late the first time. */
export function connectedLine(name?: string, cameras?: number): RegExp {
  const [whose, which] = [name === undefined ? '' : `${name} .*`, cameras === undefined ? '' : `.*${cameras} cameras`];
  return new RegExp(`${whose}: connected(?: again)?, ${which}`);
}

export interface ChildOfHomebridge {
  readonly pid: number;
  readonly command: string;
}

/** A real Homebridge in a process and storage folder of its own, on loopback. */
export class HomebridgeProcess {
  /** Colons and capitals, like a MAC address. */
  readonly username: string;
  readonly pin = PIN;
  readonly #options: HomebridgeOptions;
  /** Its folder. */
  readonly storage: string;
  readonly port: number;
  #child: ChildProcess | undefined;
  #exit: Promise<number | null> = Promise.resolve(null);
  /** What it wrote, line by line, all its lives long. */
  readonly lines: string[] = [];

  private constructor(options: HomebridgeOptions, storage: string, port: number) {
    this.#options = options;
    this.storage = storage;
    this.port = port;
    this.username = `0E:4B:${port
      .toString(16)
      .padStart(4, '0')
      .replace(/(..)(..)/, '$1:$2')}:00:01`.toUpperCase();
  }

  /** Starts and waits until it listens. */
  static async start(options: HomebridgeOptions): Promise<HomebridgeProcess> {
    const storage = await mkdtemp(join(tmpdir(), 'homebridge-'));
    const homebridge = new HomebridgeProcess(options, storage, await freePort());
    await homebridge.start();
    return homebridge;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it again with the same storage, that is, as the same bridge. */
  async start(platform = this.#options.platform): Promise<void> {
    // The packed plugin cannot see the ffmpeg that this checkout brings for machines without one.
    const { path: ffmpeg } = await findFfmpeg({ logger: silentLogger });
    const { asIs, preload } = this.#options;
    const configuration = this.#configuration(
      platform && (asIs ? platform : { name: 'EverFocus', ffmpeg, ...platform }),
    );
    await writeFile(join(this.storage, 'config.json'), JSON.stringify(configuration, undefined, 2));
    const from = this.lines.length;
    const { node, program } = this.#options.installation ?? { node: process.execPath, program: PROGRAM };
    const args = [program, '-U', this.storage, '-P', join(this.#options.plugins, 'node_modules')];
    const first = preload === undefined ? [] : [`--import=data:text/javascript,${encodeURIComponent(preload)}`];
    const child = spawn(node, [...first, ...args, '--strict-plugin-resolution', '-Q', '-T'], {
      cwd: this.storage,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#exit = new Promise((resolve) => child.once('exit', resolve));
    for (const stream of [child.stdout, child.stderr]) this.#collect(stream);
    await this.line(/Homebridge v\S+ .*is running on port/, from, 60_000);
  }

  /** The first line from number `from` on that matches. */
  line(pattern: RegExp, from = 0, limit = 20_000): Promise<string> {
    return until(
      this.wanted(`a line like ${pattern}`),
      () => this.lines.slice(from).find((line) => pattern.test(line)),
      limit,
    );
  }

  /** For {@link until}: what is wanted, and what Homebridge wrote last where it does not come. */
  wanted(what: string): () => string {
    return () => `${what}; Homebridge wrote\n${this.lines.slice(-40).join('\n')}`;
  }

  /** Lines that no healthy plugin makes Homebridge write. */
  get troubles(): readonly string[] {
    return this.lines.filter(isTrouble);
  }

  /** Whatever it makes of it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** SIGTERM; returns the ms until it was gone, but for those in which a busy machine had no processor for it. */
  async terminate(): Promise<number> {
    const begin = performance.now();
    const waitedBefore = await this.#waited();
    let waited = waitedBefore;
    let gone = false;
    const exit = this.#exit.then(() => (gone = true));
    this.#child?.kill('SIGTERM');
    while (!gone) {
      waited = Math.max(waited, await this.#waited());
      await Promise.race([exit, wait(LOOK)]);
    }
    return performance.now() - begin - (waited - waitedBefore);
  }

  /** ms for which it was ready to run, and others ran (Linux: schedstat); 0 where nobody tells. */
  async #waited(): Promise<number> {
    const told = await readFile(`/proc/${this.pid}/schedstat`, 'utf8').catch(() => '');
    return Number(told.split(' ')[1] ?? 0) / 1e6;
  }

  /** Ends it, and starts it again as {@link start} does. @returns number of its first line */
  async restart(platform = this.#options.platform): Promise<number> {
    await this.terminate();
    const from = this.lines.length;
    await this.start(platform);
    return from;
  }

  /** As a power cut would: at once, without a word. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exit;
  }

  /** Ends it for good and removes its storage. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.storage, { recursive: true, force: true });
  }

  /** Its child processes, grandchildren included (Linux). */
  children(): Promise<ChildOfHomebridge[]> {
    return this.pid === undefined ? Promise.resolve([]) : descendants(this.pid);
  }

  #configuration(platform: HomebridgeOptions['platform']): unknown {
    const { username, port, pin } = this;
    return {
      bridge: { name: 'Test Bridge', username, port, pin, bind: ['127.0.0.1'] },
      platforms: platform ? [{ platform: 'EverFocusNVR', ...platform }] : [],
    };
  }

  #collect(stream: NodeJS.ReadableStream): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
  }
}

/** Child processes of a process, grandchildren included (Linux). */
export async function descendants(pid: number): Promise<ChildOfHomebridge[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(tasks.map((task) => readText(`/proc/${pid}/task/${task}/children`)));
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  const families = await Promise.all(
    children.map(async (child) => {
      const command = (await readText(`/proc/${child}/cmdline`)).replaceAll('\0', ' ').trim();
      return [{ pid: child, command }, ...(await descendants(child))];
    }),
  );
  // A process that has ended and is not collected yet has no command line.
  return families.flat().filter(({ command }) => command !== '');
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
