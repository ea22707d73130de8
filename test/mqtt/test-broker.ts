import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { until } from '../support/until.js';
import { freePort } from '../support/free-port.js';

/** Debian keeps it where only root's PATH leads. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];

/** Path of Mosquitto. @throws where it is not installed */
export function mosquittoPath(): string {
  const found = folders.map((folder) => join(folder, 'mosquitto')).find(isExecutable);
  if (found) return found;
  throw new Error('these tests need Mosquitto: apt-get install mosquitto, or brew install mosquitto');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A real Mosquitto on loopback, which keeps what is retained across its own restarts only where it is asked to. */
export class TestBroker implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly #config: string;
  #process: ChildProcess | undefined;
  /** What it wrote. */
  log = '';

  private constructor(port: number, config: string) {
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), 'everfocus-mosquitto-'));
    this.#config = join(this.folder, 'mosquitto.conf');
    writeFileSync(this.#config, config.replaceAll('{folder}', this.folder));
  }

  /** @param extra lines of its configuration, `{folder}` for its own; `listener` replaces the plain one */
  static async start({ extra = '', listener }: { extra?: string; listener?: string } = {}): Promise<TestBroker> {
    const port = await freePort();
    const lines = [
      `listener ${port} 127.0.0.1`,
      listener ?? '',
      'allow_anonymous true',
      'user root',
      'log_dest stdout',
      'max_queued_messages 0',
      extra,
    ];
    const broker = new TestBroker(port, `${lines.filter(Boolean).join('\n')}\n`);
    await broker.start();
    return broker;
  }

  /** Writes a file beside its configuration. @returns its path */
  file(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  async start(): Promise<void> {
    const child = spawn(mosquittoPath(), ['-c', this.#config], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-20_000)));
    }
    await until('Mosquitto listens', () => {
      if (child.exitCode !== null) throw new Error(`Mosquitto ended: ${this.log}`);
      return answers(this.port);
    });
  }

  /** Ends it without a farewell, as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
