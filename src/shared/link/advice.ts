import { createHash, randomBytes } from 'node:crypto';
import type { DeviceStore } from '../device-store.js';
import { limits } from '../limits.js';
import type { Logger } from '../logger.js';

/** Whom the clients of one host have advised already, by a digest that tells nothing. */
const advised = new WeakMap<DeviceStore, Set<string>>();
const salt = randomBytes(16);

/** Whom an advice is for. */
export interface Advised {
  /** `host:port` */
  readonly where: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Gives an advice once for each NVR and password: also where the host makes a new client whenever its configuration
 * changes, as far as they share a store.
 */
export class Advice {
  readonly #key: string;
  readonly #given: Set<string>;
  readonly #logger: Logger;

  constructor({ where, username, password }: Advised, store: DeviceStore | undefined, logger: Logger) {
    const account = JSON.stringify([where.toLowerCase(), username, password]);
    this.#key = createHash('sha256').update(salt).update(account).digest('base64');
    this.#given = (store && advised.get(store)) ?? new Set();
    if (store) advised.set(store, this.#given);
    this.#logger = logger;
  }

  give(text: string): void {
    if (this.#given.has(this.#key) || this.#given.size >= limits.kept.warnings) return;
    this.#given.add(this.#key);
    this.#logger.warn(text);
  }
}
