import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FileStore, InvalidParameterError, isHost, StoreError } from '../shared/index.js';
import { checkFingerprint, cleanText, readFingerprint } from '../shared/internal.js';
import { Failure } from './failure.js';

/** An NVR that the store knows by a name. */
export interface KnownNvr {
  readonly host: string;
  readonly port?: number;
  readonly https?: boolean;
  /** SHA-256 of the one certificate to trust, `AA:BB:…`. Absent: the first one seen. */
  readonly fingerprint?: string;
  readonly username: string;
  /** Absent: it is asked for. */
  readonly password?: string;
  readonly digest?: string;
}

const MAX_NAME = 64;
const KEY = 'nvrs';
const REMEDY = 'mend it, or delete it and add your NVRs again: everfocus nvrs add';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the store, as options and environment say. */
export function storeFolder(option: string | undefined, env: Environment): string {
  const { EVERFOCUS_STORE, XDG_CONFIG_HOME } = env;
  return option ?? (EVERFOCUS_STORE || join(XDG_CONFIG_HOME || join(homedir(), '.config'), 'everfocus'));
}

/**
 * The NVRs that have names, with their passwords: the file `nvrs.json` in the folder where certificates and dialects are
 * kept, for its owner only. What others could read or replace is not used.
 */
export class NvrBook {
  readonly #folder: string;
  readonly #store: FileStore;

  constructor(folder: string) {
    this.#folder = folder;
    this.#store = new FileStore(folder, REMEDY);
  }

  /** @throws {@link Failure} `STORE_NOT_PRIVATE`, {@link StoreError} */
  async all(): Promise<ReadonlyMap<string, KnownNvr>> {
    const entries = await this.#entries();
    return new Map([...entries].map(([name, nvr]) => [name, this.#checked(name, nvr)]));
  }

  /** One of them, whatever the others are like. @throws as {@link all} */
  async find(name: string): Promise<KnownNvr | undefined> {
    const nvr = (await this.#entries()).get(name);
    return nvr === undefined ? undefined : this.#checked(name, nvr);
  }

  #checked(name: string, nvr: unknown): KnownNvr {
    if (isKnownNvr(nvr)) return nvr;
    throw this.#damaged(name);
  }

  /** @throws {@link InvalidParameterError} where it is no name, or no NVR that could be read again */
  async add(name: string, nvr: KnownNvr): Promise<void> {
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name) || name.length > MAX_NAME) {
      throw new InvalidParameterError('name', `must be letters, digits, ".", "_" and "-", ${MAX_NAME} at most`);
    }
    const { fingerprint, https } = nvr;
    if (fingerprint !== undefined && https !== true) {
      throw new InvalidParameterError('fingerprint', 'goes with https only');
    }
    const kept = fingerprint === undefined ? nvr : { ...nvr, fingerprint: checkFingerprint(fingerprint) };
    if (!isKnownNvr(kept)) throw new InvalidParameterError('host', 'must be an IP address or a host name');
    const all = (await this.#entries()).set(name, kept);
    await this.#store.write(KEY, Object.fromEntries(all));
  }

  /** Trusts that certificate of it from now on, and no other. @throws {@link InvalidParameterError} where it is none */
  async pin(name: string, fingerprint: string): Promise<void> {
    const nvr = await this.find(name);
    if (nvr) await this.add(name, { ...nvr, fingerprint });
  }

  /** @returns whether it was there, usable or not */
  async remove(name: string): Promise<boolean> {
    const all = await this.#entries();
    if (!all.delete(name)) return false;
    await this.#store.write(KEY, Object.fromEntries(all));
    return true;
  }

  /** What is kept under each name, not looked at yet. */
  async #entries(): Promise<Map<string, unknown>> {
    await this.#checkFile();
    const kept = await this.#store.read(KEY);
    if (kept === undefined) return new Map();
    if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) throw this.#damaged();
    return new Map(Object.entries(kept));
  }

  async #checkFile(): Promise<void> {
    const path = join(this.#folder, `${KEY}.json`);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats) return;
    if (!stats.isFile()) throw new StoreError(`${path} is no plain file`);
    // Windows has no such bits; the folder is the user's own there.
    if (process.platform === 'win32') return;
    if ((stats.mode & 0o077) !== 0) {
      throw new Failure(
        'STORE_NOT_PRIVATE',
        `others may read or change ${path}, which holds passwords: chmod 600 it, and change them if others did`,
      );
    }
    if (process.getuid !== undefined && stats.uid !== process.getuid()) {
      throw new Failure('STORE_NOT_PRIVATE', `${path} belongs to another user`);
    }
  }

  #damaged(name?: string): StoreError {
    const file = join(this.#folder, `${KEY}.json`);
    if (name === undefined) return new StoreError(`${file} is damaged; ${REMEDY}`);
    const shown = cleanText(name, MAX_NAME);
    return new StoreError(`"${shown}" in ${file} is damaged; mend it, or add it again: everfocus nvrs add ${shown}`);
  }
}

function isKnownNvr(value: unknown): value is KnownNvr {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port, https, fingerprint, username, password, digest } = value as Readonly<Record<string, unknown>>;
  return (
    typeof host === 'string' &&
    isHost(host) &&
    typeof username === 'string' &&
    (port === undefined || typeof port === 'number') &&
    (https === undefined || typeof https === 'boolean') &&
    (fingerprint === undefined || (isFingerprint(fingerprint) && https === true)) &&
    [password, digest].every((text) => text === undefined || typeof text === 'string')
  );
}

function isFingerprint(value: unknown): boolean {
  return typeof value === 'string' && readFingerprint(value) !== undefined;
}
