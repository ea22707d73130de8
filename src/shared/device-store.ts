/**
 * Keeps what was learnt about devices, such as their certificates and dialects, from one run to the next. Handed in,
 * since only the host knows where its data belong. Clients of one host share one store.
 */
export interface DeviceStore {
  /**
   * What was last written under that key: JSON data, `undefined` where nothing was. Rejects where that cannot be told,
   * since "nothing known" would be believed.
   */
  read(key: string): Promise<unknown>;
  /** Keeps JSON data in place of what was there; resolves once it is safe. */
  write(key: string, value: unknown): Promise<void>;
}

/** Forgets with the process. */
export class MemoryStore implements DeviceStore {
  readonly #values = new Map<string, unknown>();

  async read(key: string): Promise<unknown> {
    return structuredClone(this.#values.get(key));
  }

  async write(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
  }
}

/** Reads what is kept, and keeps nothing: for whoever only tries something. */
export class ReadOnlyStore implements DeviceStore {
  readonly #kept: DeviceStore;
  readonly #tried = new MemoryStore();

  constructor(kept: DeviceStore) {
    this.#kept = kept;
  }

  async read(key: string): Promise<unknown> {
    return (await this.#tried.read(key)) ?? this.#kept.read(key);
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#tried.write(key, value);
  }
}
