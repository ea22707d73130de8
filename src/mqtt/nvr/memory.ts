import type { DeviceStore, Logger } from '../../shared/index.js';
import type { NvrConfig } from '../config/read.js';
import { levelOf, type SiteTopics } from '../topics.js';

/** What was told of an NVR, so that the next start can take it back: a broker keeps it for good. */
export interface Announced {
  /** What it is called in topics. */
  readonly id: string;
  /** Kinds of states that have topics, by channel. */
  readonly channels: ReadonlyMap<number, ReadonlySet<string>>;
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
  /** The broker may keep pictures of its channels. */
  readonly pictures: boolean;
  /** What Home Assistant was told; `undefined`: nothing. */
  readonly discovery?: { readonly prefix: string; readonly components: ReadonlyMap<string, Components> } | undefined;
}

/** Platforms of a device's components by their keys, of all that it has ever had. */
export type Components = ReadonlyMap<string, string>;

/** Components of one device that are remembered: kinds and pins are bounded far below. */
const MAX_COMPONENTS = 512;

/** Something in the store: the newest is kept, and those between need no file. */
export class NewestOf {
  readonly #store: DeviceStore;
  readonly #key: string;
  readonly #logger: Logger;
  /** Whether the last was written. */
  #writing: Promise<boolean> = Promise.resolve(true);
  #pending: (() => unknown) | undefined;

  constructor(store: DeviceStore, key: string, logger: Logger) {
    this.#store = store;
    this.#key = key;
    this.#logger = logger;
  }

  /** @returns `undefined` where there is none, or it cannot be read */
  async read(): Promise<unknown> {
    try {
      return await this.#store.read(this.#key);
    } catch (error) {
      this.#logger.warn(`what was announced earlier is not known: ${String(error)}`);
      return undefined;
    }
  }

  /** @param value gives it when it is written */
  write(value: () => unknown): void {
    const isWriting = this.#pending !== undefined;
    this.#pending = value;
    if (isWriting) return;
    this.#writing = this.#writing.then(async () => {
      const newest = this.#pending;
      this.#pending = undefined;
      try {
        await this.#store.write(this.#key, newest?.());
        return true;
      } catch (error) {
        this.#logger.warn(`what is announced cannot be remembered: ${String(error)}`);
        return false;
      }
    });
  }

  /** Resolves once all is written. @returns whether the newest could be */
  async finish(): Promise<boolean> {
    return this.#writing;
  }
}

/** Remembers what was told of one NVR. What cannot be read is as if nothing had been told. */
export class Memory {
  readonly #file: NewestOf;

  /** @param where the NVR, as configured, and the site */
  constructor(store: DeviceStore, where: string, logger: Logger) {
    this.#file = new NewestOf(store, `announced ${where}`, logger);
  }

  async read(): Promise<Announced | undefined> {
    return announcedIn(await this.#file.read());
  }

  write(announced: Announced): void {
    this.#file.write(() => storedOf(announced));
  }

  /** Somebody else remembers it, or it is over. */
  forget(): void {
    this.#file.write(() => null);
  }

  /** Resolves once all is written. @returns whether the newest could be */
  async finish(): Promise<boolean> {
    return this.#file.finish();
  }
}

/** What an NVR of a site is called in the store. */
export function placeOf({ base }: SiteTopics, { host, port }: Pick<NvrConfig, 'host' | 'port'>): string {
  return `${base} ${port === undefined ? host : `${host}:${port}`}`;
}

/** As it is stored. */
export function storedOf({ id, channels, outputs, inputs, pictures, discovery }: Announced): object {
  const kinds = Object.fromEntries([...channels].map(([channel, each]) => [channel, [...each]]));
  const components =
    discovery && Object.fromEntries([...discovery.components].map(([key, each]) => [key, Object.fromEntries(each)]));
  return {
    ...{ id, channels: kinds, outputs, inputs, pictures },
    ...(discovery && { discovery: { prefix: discovery.prefix, components } }),
  };
}

/** Files may have been edited. */
export function announcedIn(stored: unknown): Announced | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { id, channels, outputs, inputs, pictures, discovery } = stored as Record<string, unknown>;
  if (typeof id !== 'string' || id === '' || levelOf(id) !== id) return undefined;
  const known = entriesOf(channels).flatMap(([channel, kinds]) =>
    /^\d{1,5}$/.test(channel) && Array.isArray(kinds)
      ? [[Number(channel), new Set(kinds.filter((kind): kind is string => isKind(kind)))] as const]
      : [],
  );
  const told = discoveryIn(discovery);
  return {
    ...{ id, channels: new Map(known), outputs: pinsIn(outputs), inputs: pinsIn(inputs), pictures: pictures !== false },
    ...(told && { discovery: told }),
  };
}

function discoveryIn(stored: unknown): Announced['discovery'] {
  const { prefix, components } = Object.fromEntries(entriesOf(stored));
  if (typeof prefix !== 'string' || !prefix.split('/').every(isKind)) return undefined;
  const known = entriesOf(components).map(([device, each]) => {
    const platforms = entriesOf(each).filter(
      (entry): entry is [string, string] => isKind(entry[0]) && isKind(entry[1]),
    );
    return [device, new Map(platforms.slice(0, MAX_COMPONENTS))] as const;
  });
  return { prefix, components: new Map(known) };
}

function entriesOf(stored: unknown): [string, unknown][] {
  return typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
}

function isKind(kind: unknown): boolean {
  return typeof kind === 'string' && kind !== '' && levelOf(kind) === kind;
}

function pinsIn(pins: unknown): readonly number[] {
  return Array.isArray(pins) ? pins.filter((pin): pin is number => Number.isInteger(pin) && pin > 0) : [];
}
