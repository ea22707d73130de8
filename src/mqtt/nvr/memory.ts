import type { DeviceStore, Logger } from '../../shared/index.js';
import { levelOf } from '../topics.js';

/** What was told of an NVR, so that the next start can take it back: a broker keeps it for good. */
export interface Announced {
  /** What it is called in topics. */
  readonly id: string;
  /** Kinds of states that have topics, by channel. */
  readonly channels: ReadonlyMap<number, ReadonlySet<string>>;
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** Remembers it in the store. What cannot be read is as if nothing had been told. */
export class Memory {
  readonly #store: DeviceStore;
  readonly #key: string;
  readonly #logger: Logger;
  #writing: Promise<void> = Promise.resolve();
  #pending: Announced | undefined;

  /** @param where the NVR, as configured */
  constructor(store: DeviceStore, where: string, logger: Logger) {
    this.#store = store;
    this.#key = `announced ${where}`;
    this.#logger = logger;
  }

  async read(): Promise<Announced | undefined> {
    try {
      return announcedIn(await this.#store.read(this.#key));
    } catch (error) {
      this.#logger.warn(`what was announced earlier is not known: ${String(error)}`);
      return undefined;
    }
  }

  /** Keeps the newest; those between need no file. */
  write(announced: Announced): void {
    const isWriting = this.#pending !== undefined;
    this.#pending = announced;
    if (isWriting) return;
    this.#writing = this.#writing.then(async () => {
      const newest = this.#pending;
      this.#pending = undefined;
      if (!newest) return;
      const { id, channels, outputs, inputs } = newest;
      const kinds = Object.fromEntries([...channels].map(([channel, each]) => [channel, [...each]]));
      await this.#store
        .write(this.#key, { id, channels: kinds, outputs, inputs })
        .catch((error: unknown) => this.#logger.warn(`what is announced cannot be remembered: ${String(error)}`));
    });
  }

  /** Resolves once all is written. */
  async finish(): Promise<void> {
    await this.#writing;
  }
}

/** Files may have been edited. */
function announcedIn(stored: unknown): Announced | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { id, channels, outputs, inputs } = stored as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || levelOf(id) !== id) return undefined;
  const known = Object.entries(typeof channels === 'object' && channels !== null ? channels : {}).flatMap(
    ([channel, kinds]) =>
      /^\d{1,5}$/.test(channel) && Array.isArray(kinds)
        ? [[Number(channel), new Set(kinds.filter((kind): kind is string => isKind(kind)))] as const]
        : [],
  );
  return { id, channels: new Map(known), outputs: pinsIn(outputs), inputs: pinsIn(inputs) };
}

function isKind(kind: unknown): boolean {
  return typeof kind === 'string' && kind !== '' && levelOf(kind) === kind;
}

function pinsIn(pins: unknown): readonly number[] {
  return Array.isArray(pins) ? pins.filter((pin): pin is number => Number.isInteger(pin) && pin > 0) : [];
}
