import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packedPackage } from '../../support/packed-package.js';
import type { Flow } from './palette.js';

const program = join(dirname(createRequire(import.meta.url).resolve('node-red/package.json')), 'red.js');

/** A Node-RED process of its own, with the packed package installed. */
export class NodeRedProcess implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly userDir: string,
    private readonly child: ChildProcess,
    private readonly printed: () => string,
  ) {}

  /** Resolves when its flows have started, empty. */
  static async start(): Promise<NodeRedProcess> {
    const userDir = await mkdtemp(join(tmpdir(), 'everfocus-node-red-'));
    await mkdir(join(userDir, 'node_modules'));
    const installed = join(await packedPackage(), 'node_modules/homebridge-everfocus-nvr');
    await symlink(installed, join(userDir, 'node_modules/homebridge-everfocus-nvr'), 'junction');
    const port = await freePort();
    const settings = {
      ...{
        uiHost: '127.0.0.1',
        uiPort: port,
        flowFile: 'flows.json',
        credentialSecret: false,
        editorTheme: { tours: false, palette: { catalogues: [] } },
      },
      telemetry: { enabled: false, updateNotification: false },
    };
    await writeFile(join(userDir, 'settings.cjs'), `module.exports = ${JSON.stringify(settings)};\n`);
    const child = spawn(process.execPath, [program, '-u', userDir, '-s', join(userDir, 'settings.cjs')]);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const started = new NodeRedProcess(`http://127.0.0.1:${port}`, userDir, child, () => output);
    try {
      await started.#says('Started flows');
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.printed();
  }

  /** Replaces all flows, as the editor's Deploy does; resolves when they have started. */
  async deploy(flows: Flow, credentials: Record<string, object>): Promise<void> {
    const before = this.output.length;
    const withCredentials = flows.map((node) => ({ ...node, credentials: credentials[String(node['id'])] }));
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' },
      body: JSON.stringify({ flows: withCredentials }),
    });
    if (!response.ok) throw new Error(`deploy: ${response.status} ${await response.text()}`);
    await this.#says('Started flows', before);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.userDir, { recursive: true, force: true });
  }

  async #says(text: string, from = 0): Promise<void> {
    await until(`Node-RED to say "${text}" in\n${this.output.slice(from)}`, () => {
      if (this.child.exitCode !== null) throw new Error(`Node-RED ended:\n${this.output}`);
      return this.output.includes(text, from);
    });
  }
}
