import { spawn, type ChildProcess } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mosquitto } from '../../scripts/mosquitto.mjs';
import { until } from '../support/until.js';
import { freePort } from '../support/free-port.js';

export interface BrokerSettings {
  /** Serve TLS only; with `ca` clients need a certificate of its. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Hand what is published under these filters on to the broker at that port. */
  readonly bridge?: { readonly port: number; readonly topics: readonly string[] };
  /** Who may log in, by what password; default: whoever likes. */
  readonly users?: Readonly<Record<string, string>>;
  /** Its `acl_file`. */
  readonly acl?: string;
  /** Lines of Mosquitto's own. */
  readonly extra?: readonly string[];
}

/** A Mosquitto of its own on loopback. `npm test` leaves the tests out where there is none. */
export class TestBroker implements AsyncDisposable {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'everfocus-broker-'));
  readonly #settings: BrokerSettings;
  #process: ChildProcess | undefined;
  /** What it wrote. */
  #log = '';

  private constructor(port: number, settings: BrokerSettings) {
    this.port = port;
    this.#settings = settings;
  }

  static async start(settings: BrokerSettings = {}): Promise<TestBroker> {
    const broker = new TestBroker(await freePort(), settings);
    await broker.start();
    return broker;
  }

  /** Once more, with nothing of what it kept. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-20_000)));
    }
    await until('the broker listens', () => {
      if (child.exitCode !== null) throw new Error(`the broker ended: ${this.#log}`);
      return answers(this.port);
    });
  }

  /** What it wrote last. */
  get log(): string {
    return this.#log;
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
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const tls = this.#settings.tls && this.#files(this.#settings.tls);
    if (!mosquitto) throw new Error('Mosquitto is not installed');
    const { bridge, users, acl, extra = [] } = this.#settings;
    const passwords = Object.entries(users ?? {}).map(([user, password]) => `${user}:${hashed(password)}\n`);
    const lines = [
      `listener ${this.port} 127.0.0.1`,
      ...(tls ? [`certfile ${tls.cert}`, `keyfile ${tls.key}`] : []),
      ...(tls?.ca ? [`cafile ${tls.ca}`, 'require_certificate true'] : []),
      ...(bridge ? ['connection centre', `address 127.0.0.1:${bridge.port}`, 'restart_timeout 1'] : []),
      ...(bridge?.topics ?? []).map((topic) => `topic ${topic} out 1`),
      ...extra,
      ...(users ? [`password_file ${this.#file('passwords', passwords.join(''))}`] : []),
      ...(acl === undefined ? [] : [`acl_file ${this.#file('acl', acl)}`]),
      ...[`allow_anonymous ${users === undefined}`, 'user root', 'log_dest stderr', 'max_queued_messages 0'],
    ];
    const config = join(this.#folder, 'mosquitto.conf');
    writeFileSync(config, `${lines.join('\n')}\n`);
    return spawn(mosquitto, ['-c', config], { stdio: [...stdio] });
  }

  #files({ cert, key, ca }: NonNullable<BrokerSettings['tls']>): { cert: string; key: string; ca?: string } {
    const files = { cert: this.#file('cert.pem', cert), key: this.#file('key.pem', key) };
    return { ...files, ...(ca && { ca: this.#file('ca.pem', ca) }) };
  }

  #file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

/** As mosquitto_passwd writes it. */
function hashed(password: string): string {
  const [rounds, salt] = [101, randomBytes(12)];
  const hash = pbkdf2Sync(password, salt, rounds, 64, 'sha512');
  return `$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}`;
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
