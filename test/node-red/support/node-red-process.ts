import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { packedPackage } from '../../support/packed-package.js';
import type { Flow } from './palette.js';

const { resolve } = createRequire(import.meta.url);

/** The packages of the versions that the palette says it works in. */
export const releases = ['node-red', 'node-red-4'] as const;

const programOf = (release: (typeof releases)[number]) => join(dirname(resolve(`${release}/package.json`)), 'red.js');

/** Where the packed package is installed there is no ffmpeg beside it: that of the tests comes by PATH. */
async function pathWithFfmpeg(): Promise<string> {
  const { path } = await findFfmpeg({ logger: silentLogger });
  return [...(isAbsolute(path) ? [dirname(path)] : []), process.env['PATH'] ?? ''].join(delimiter);
}

/** A Node-RED process of its own, with the packed package installed. */
export class NodeRedProcess implements AsyncDisposable {
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(
    readonly url: string,
    /** Its user directory. */
    readonly userDir: string,
    readonly program: string,
    /** Options of its Node.js. */
    readonly execArgv: readonly string[],
  ) {}

  /**
   * Resolves when it listens and its flows have started, empty.
   *
   * @param more settings beyond the usual
   * @param beside packages of our own development that are installed as well
   * @param execArgv options of its Node.js
   */
  static async start(
    more: object = {},
    release: (typeof releases)[number] = 'node-red',
    beside: readonly string[] = [],
    execArgv: readonly string[] = [],
  ): Promise<NodeRedProcess> {
    const userDir = await mkdtemp(join(tmpdir(), 'everfocus-node-red-'));
    await mkdir(join(userDir, 'node_modules'));
    const installed = join(await packedPackage(), 'node_modules/homebridge-everfocus-nvr');
    await symlink(installed, join(userDir, 'node_modules/homebridge-everfocus-nvr'), 'junction');
    for (const name of beside) {
      await mkdir(join(userDir, 'node_modules', dirname(name)), { recursive: true });
      await symlink(dirname(resolve(`${name}/package.json`)), join(userDir, 'node_modules', name), 'junction');
    }
    const port = await freePort();
    const settings = {
      ...{
        uiHost: '127.0.0.1',
        uiPort: port,
        flowFile: 'flows.json',
        credentialSecret: false,
        editorTheme: { tours: false, palette: { catalogues: [] } },
      },
      // Nothing is searched outside of this machine, and nobody is there.
      everfocusDiscovery: { address: '127.0.0.1', port: 9 },
      telemetry: { enabled: false, updateNotification: false },
      // Node-RED finds what lies beside itself, too: in our own checkout that is more than a user has.
      externalModules: {
        palette: {
          allowList: ['*'],
          denyList: ['@flowfuse/node-red-dashboard'].filter((name) => !beside.includes(name)),
        },
      },
      ...more,
    };
    // Tips off: on a busy machine their timer runs before the editor has made what it writes to.
    const user = { _: { editor: { view: { 'view-show-tips': false } } } };
    await writeFile(join(userDir, '.config.users.json'), JSON.stringify(user));
    await writeFile(join(userDir, 'settings.cjs'), `module.exports = ${JSON.stringify(settings)};\n`);
    const started = new NodeRedProcess(`http://127.0.0.1:${port}`, userDir, programOf(release), execArgv);
    try {
      await started.#start();
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** Ends it and starts it again on the same user directory. */
  async restart(): Promise<void> {
    await this.#end();
    await this.#start();
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Replaces all flows, as the editor's Deploy does; resolves when they have started. */
  async deploy(flows: Flow, credentials: Record<string, object>, headers: object = {}): Promise<void> {
    const before = this.output.length;
    const withCredentials = flows.map((node) => ({ ...node, credentials: credentials[String(node['id'])] }));
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2', ...headers },
      body: JSON.stringify({ flows: withCredentials }),
    });
    if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
    await this.#says('Started flows', before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await rm(this.userDir, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const from = this.#output.length;
    const settings = join(this.userDir, 'settings.cjs');
    this.#child = spawn(process.execPath, [...this.execArgv, this.program, '-u', this.userDir, '-s', settings], {
      env: { ...process.env, PATH: await pathWithFfmpeg() },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    // It listens before or after it has started the flows.
    for (const line of ['Started flows', 'Server now running']) await this.#says(line, from);
  }

  async #end(): Promise<void> {
    if (this.#child?.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }

  async #says(text: string, from = 0): Promise<void> {
    const hasSaid = () => {
      if (this.#child?.exitCode !== null) throw new Error(`Node-RED ended:\n${this.output}`);
      return this.output.includes(text, from);
    };
    // A machine with much else to do takes long to start it.
    await until(`Node-RED to say "${text}"`, hasSaid, 90_000);
  }
}
