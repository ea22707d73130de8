import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceStore } from './device-store.js';
import { StoreError } from './errors.js';
import { limits } from './limits.js';
import { checkJsonBudget } from './json-budget.js';

/** Lists and objects within each other, and values (and names), of one file. */
const BUDGET = { depth: limits.json.depth, values: limits.json.values };
const TOO_LARGE = `it is larger than ${limits.store.file} bytes`;

/**
 * Keeps one file per key in a folder of its own. A file appears whole or not at all, and for its owner only (0600);
 * one that is damaged harms no other key, and is replaced by the next write. Several stores, also of several processes,
 * may share a folder.
 */
export class FileStore implements DeviceStore {
  readonly #folder: string;
  readonly #advice: string;

  /**
   * @param folder made with the first write
   * @param advice what to do about a file that is damaged
   */
  constructor(folder: string, advice = 'delete it, and what it held is learnt anew') {
    this.#folder = folder;
    this.#advice = advice;
  }

  /** @throws {@link StoreError} where the file cannot be read, or holds no JSON */
  async read(key: string): Promise<unknown> {
    const path = this.#pathOf(key);
    let text: string;
    try {
      const found = await stat(path);
      // A pipe would be waited for, and a device read, without end.
      if (!found.isFile()) throw new Error('it is no plain file');
      if (found.size > limits.store.file) throw new Error(TOO_LARGE);
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new StoreError(`${path} cannot be read: ${(error as Error).message}`);
    }
    try {
      checkJsonBudget(text, BUDGET);
      return JSON.parse(text);
    } catch {
      throw new StoreError(`${path} is damaged; ${this.#advice}`);
    }
  }

  /** @throws {@link StoreError} */
  async write(key: string, value: unknown): Promise<void> {
    const path = this.#pathOf(key);
    const draft = `${path}.${randomUUID()}`;
    try {
      const text = `${JSON.stringify(value)}\n`;
      // What could not be read again must not take the place of what can.
      if (Buffer.byteLength(text) > limits.store.file) throw new Error(TOO_LARGE);
      checkJsonBudget(text, BUDGET);
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeDurably(draft, text);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw new StoreError(`${path} cannot be written: ${(error as Error).message}`);
    }
  }

  #pathOf(key: string): string {
    // What is left unescaped, "*" alone is no file name everywhere.
    return join(this.#folder, `${encodeURIComponent(key).replaceAll('*', '%2A')}.json`);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
