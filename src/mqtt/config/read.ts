import { open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { env } from 'node:process';
import JSON5 from 'json5';
import { findOperation, isHost, ReplyTooLargeError } from '../../shared/index.js';
import { bareHost, checkJsonBudget, cleanText, limits } from '../../shared/internal.js';
import { type Fault, faultsOf, withDefaults } from './check.js';
import {
  bridgeOptions,
  commandOptions,
  type FilledBridge,
  type FilledBroker,
  type FilledCommands,
  type FilledNvr,
  type FilledQueue,
  type FilledSnapshots,
  queueOptions,
} from './options.js';

/** The broker, with what files and variables hold. */
export interface BrokerConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly clientId: string;
  readonly version: '5' | '3.1.1';
}

/** What may be done at an NVR from the broker. */
export interface AllowedCommands {
  readonly outputs: boolean;
  readonly ptz: boolean;
  readonly record: boolean;
  readonly snapshot: boolean;
  readonly call: ReadonlySet<string>;
}

export interface NvrConfig {
  readonly host: string;
  readonly port?: number | undefined;
  readonly https: boolean;
  readonly fingerprint?: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly id?: string | undefined;
  readonly events: readonly string[];
  readonly snapshots?: { readonly onEvent: boolean; readonly everySeconds?: number | undefined } | undefined;
  readonly commands: AllowedCommands;
}

/** The bridge, complete and checked. Holds passwords. */
export interface BridgeConfig {
  readonly site: string;
  readonly prefix: string;
  readonly broker: BrokerConfig;
  readonly nvrs: readonly NvrConfig[];
  /** Prefix of Home Assistant's discovery; `undefined`: it is told nothing. */
  readonly homeAssistant?: string | undefined;
  /** Absolute path. */
  readonly data: string;
  readonly queue: { readonly events: number; readonly bytes: number };
}

/** A configuration that cannot be used, with all that is wrong with it. */
export class BridgeConfigError extends Error {
  readonly code = 'INVALID_CONFIGURATION';
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    const lines = faults.map(({ path, message }) => `  ${path === '' ? 'the file' : path} ${message}`);
    super(`${file} cannot be used:\n${lines.join('\n')}`);
    this.name = 'BridgeConfigError';
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration of the bridge: JSON, or JSON5 for comments and trailing commas. Paths in it are relative to it.
 *
 * @returns the configuration, and what should be changed although it can be used
 * @throws {@link BridgeConfigError}
 */
export async function readBridgeConfig(
  path: string,
  environment: Environment = env,
): Promise<{ readonly config: BridgeConfig; readonly advice: readonly string[] }> {
  const file = resolve(path);
  const { text, mode } = await readLimited(file, limits.bridge.file).catch((error: unknown) => {
    throw new BridgeConfigError(path, [{ path: '', message: reasonOf(error) }]);
  });
  let written: unknown;
  try {
    checkJsonBudget(text, { depth: limits.json.depth, values: limits.bridge.values }, 'JSON5');
    written = JSON5.parse(text);
  } catch (error) {
    // Its message quotes one character and its place.
    const reason = cleanText((error as Error).message, 200);
    const what = error instanceof ReplyTooLargeError ? 'no JSON that is read' : 'no JSON';
    throw new BridgeConfigError(path, [{ path: '', message: `is ${what}: ${reason}` }]);
  }
  return completeBridgeConfig(written, {
    name: path,
    folder: dirname(file),
    environment,
    isOpen: (mode & 0o077) !== 0,
  });
}

/** Where a configuration stands. */
export interface ConfigPlace {
  /** What it is called where it cannot be used. */
  readonly name: string;
  /** What paths in it are relative to. */
  readonly folder: string;
  readonly environment: Environment;
  /** Others can read it. */
  readonly isOpen: boolean;
}

/** Checks and completes what a file holds, or what a host has put together. @throws {@link BridgeConfigError} */
export async function completeBridgeConfig(
  written: unknown,
  { name, folder, environment, isOpen }: ConfigPlace,
): Promise<{ readonly config: BridgeConfig; readonly advice: readonly string[] }> {
  const faults = faultsOf(bridgeOptions, written);
  if (faults.length > 0) throw new BridgeConfigError(name, faults);
  const reader = new Reader(folder, environment);
  const config = await reader.config(withDefaults(bridgeOptions, written) as FilledBridge);
  if (reader.faults.length > 0) throw new BridgeConfigError(name, reader.faults);
  return { config, advice: adviceOn(config, reader.hasPassword && isOpen) };
}

function adviceOn({ broker }: BridgeConfig, isOpen: boolean): string[] {
  const advice: string[] = [];
  if (isOpen) advice.push('others can read the configuration file, which holds a password: chmod 600');
  const local = /^(127\.|localhost$|\[?::1)/.test(broker.host);
  if (!broker.tls && !local)
    advice.push('the broker is spoken to without encryption: everybody on the way can read along');
  return advice;
}

/** Completes what is written with what files and variables hold. */
class Reader {
  readonly faults: Fault[] = [];
  hasPassword = false;
  readonly #folder: string;
  readonly #environment: Environment;

  constructor(folder: string, environment: Environment) {
    this.#folder = folder;
    this.#environment = environment;
  }

  async config(written: FilledBridge): Promise<BridgeConfig> {
    const { site, prefix, homeAssistant, homeAssistantPrefix, data } = written;
    const queue = withDefaults(queueOptions, written.queue ?? {}) as FilledQueue;
    const nvrs: NvrConfig[] = [];
    for (const [index, nvr] of written.nvrs.entries()) nvrs.push(await this.#nvr(nvr as FilledNvr, `nvrs[${index}]`));
    this.#tellTwice(nvrs);
    return {
      ...{ site, prefix, nvrs },
      broker: await this.#broker(written.broker as FilledBroker, site),
      homeAssistant: homeAssistant ? homeAssistantPrefix : undefined,
      data: resolve(this.#folder, data),
      queue: { events: queue.events, bytes: queue.megabytes * 1024 * 1024 },
    };
  }

  async #broker(written: FilledBroker, site: string): Promise<BrokerConfig> {
    const { url, username, ca, cert, key, clientId = `everfocus-${site}`, version } = written;
    const tls = url.startsWith('mqtts:');
    const { hostname, port } = addressOf(url);
    if (!hostname) this.#tell('broker.url', 'has no usable host or port');
    if (!tls && (ca ?? cert ?? key)) this.#tell('broker.url', 'must begin with mqtts: where certificates are named');
    if ((cert === undefined) !== (key === undefined)) this.#tell('broker.cert', 'and key go together');
    const password = await this.#password(written, 'broker', false);
    if (password !== undefined && username === undefined)
      this.#tell('broker.username', 'is missing: there is a password');
    return {
      ...{ host: hostname, port: port ?? (tls ? 8883 : 1883), tls, username, password, clientId, version },
      ca: await this.#pem('broker.ca', ca),
      cert: await this.#pem('broker.cert', cert),
      key: await this.#pem('broker.key', key),
    };
  }

  async #nvr(written: FilledNvr, path: string): Promise<NvrConfig> {
    const { host, port, https, fingerprint, username, id, events } = written;
    const snapshots = written.snapshots as FilledSnapshots | undefined;
    const commands = withDefaults(commandOptions, written.commands ?? {}) as FilledCommands;
    const { outputs, ptz, record, snapshot, call = [] } = commands;
    if (!isHost(host)) this.#tell(`${path}.host`, 'must be an IP address or a host name, without port: that is "port"');
    if (fingerprint !== undefined && !https) this.#tell(`${path}.fingerprint`, 'goes with https only');
    if (snapshot && !snapshots) this.#tell(`${path}.commands.snapshot`, 'needs "snapshots": {}');
    for (const [index, name] of call.entries()) this.#operation(`${path}.commands.call[${index}]`, name);
    return {
      ...{ host, port, https, fingerprint, username, id, events },
      password: (await this.#password(written, path, true)) ?? '',
      snapshots,
      commands: { outputs, ptz, record, snapshot, call: new Set(call) },
    };
  }

  #operation(path: string, name: string): void {
    const operation = findOperation(name);
    if (!operation) return this.#tell(path, 'is no operation: docs/operations.md lists them');
    const { effect, reply } = operation;
    if (effect === 'destructive') return this.#tell(path, 'destroys something, and is not to be reached from a broker');
    const asText = reply.as === 'status' || reply.as === 'json' || reply.as === 'result';
    if (!asText || operation.bodyEncoding === 'multipart')
      this.#tell(path, 'takes or gives a file, which no topic carries');
  }

  async #password(
    { password, passwordEnv, passwordFile }: Pick<FilledNvr, 'password' | 'passwordEnv' | 'passwordFile'>,
    path: string,
    required: boolean,
  ): Promise<string | undefined> {
    const given = [password, passwordEnv, passwordFile].filter((one) => one !== undefined).length;
    if (given > 1) this.#tell(`${path}.password`, 'is given more than once: password, passwordEnv or passwordFile');
    if (given === 0 && required)
      this.#tell(`${path}.password`, 'is missing: write password, passwordEnv or passwordFile');
    if (password !== undefined) {
      this.hasPassword = true;
      return password;
    }
    if (passwordEnv !== undefined) {
      const value = this.#environment[passwordEnv];
      if (value === undefined) this.#tell(`${path}.passwordEnv`, 'names a variable that is not set');
      return value;
    }
    if (passwordFile === undefined) return undefined;
    const text = await this.#file(`${path}.passwordFile`, passwordFile, limits.bridge.password);
    return text?.split(/\r?\n/, 1)[0];
  }

  async #pem(path: string, file: string | undefined): Promise<string | undefined> {
    if (file === undefined) return undefined;
    const text = await this.#file(path, file, limits.bridge.pem);
    if (text !== undefined && !text.includes('-----BEGIN ')) this.#tell(path, 'names a file that holds no PEM');
    return text;
  }

  async #file(path: string, file: string, limit: number): Promise<string | undefined> {
    try {
      return (await readLimited(resolve(this.#folder, file), limit)).text;
    } catch (error) {
      this.#tell(path, reasonOf(error));
      return undefined;
    }
  }

  /** Two entries of one recorder would be two sessions, and tell everything twice. */
  #tellTwice(nvrs: readonly NvrConfig[]): void {
    for (const key of ['address', 'id'] as const) {
      const seen = new Map<string, number>();
      for (const [index, { host, port, https, id }] of nvrs.entries()) {
        const name = key === 'id' ? id : `${host.toLowerCase()} ${port ?? (https ? 443 : 80)}`;
        if (name === undefined) continue;
        const first = seen.get(name);
        if (first === undefined) seen.set(name, index);
        else this.#tell(`nvrs[${index}].${key === 'id' ? 'id' : 'host'}`, `is that of nvrs[${first}]`);
      }
    }
  }

  #tell(path: string, message: string): void {
    if (this.faults.length < limits.bridge.faults) this.faults.push({ path, message });
  }
}

function addressOf(url: string): { readonly hostname: string; readonly port?: number } {
  try {
    // Of a scheme that URL does not know it takes hosts apart less well.
    const { hostname, port } = new URL(url.replace(/^mqtts?:/, 'http:'));
    const explicit = /:(\d+)\/?$/.exec(url)?.[1] ?? port;
    return { hostname: bareHost(hostname), ...(explicit !== '' && { port: Number(explicit) }) };
  } catch {
    return { hostname: '' };
  }
}

/** A file of bounded size: a device has none. A pipe would be waited for without end, and no signal would end that. */
async function readLimited(path: string, limit: number): Promise<{ readonly text: string; readonly mode: number }> {
  if ((await stat(path)).isFIFO()) throw new Error('is no plain file');
  await using file = await open(path, 'r');
  const { size, mode } = await file.stat();
  if (size > limit) throw new Error(`is larger than ${limit} bytes`);
  const bytes = Buffer.alloc(limit + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > limit) throw new Error(`is larger than ${limit} bytes`);
  return { text: bytes.toString('utf8', 0, length).replace(/^\uFEFF/, ''), mode };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'is not there';
  return code === undefined ? message : `cannot be read (${code})`;
}
