import type { DeviceStore } from '../device-store.js';
import type { Logger } from '../logger.js';
import { DIGEST_URIS, type DigestUri } from '../wire/digest.js';

/** How playbacks take commands: over HTTP (SDK 3.5), or as text over their own socket (3.4). */
export const CONTROL_PATHS = ['http', 'text'] as const;
export type ControlPath = (typeof CONTROL_PATHS)[number];

/** Which reading of the document's open points an NVR turned out to use; what is absent is not known yet. */
export interface Dialect {
  /** URI in the digest of the login (SDK 10.2). */
  readonly loginUri?: DigestUri;
  readonly playbackControl?: ControlPath;
}

/** Remembers the dialect of one NVR, in the store if there is one. A store that fails costs a warning and no more. */
export class DialectMemory {
  readonly #store: DeviceStore | undefined;
  readonly #key: string;
  readonly #logger: Logger;
  #known: Dialect = {};
  #recalled: Promise<void> | undefined;

  /** @param where `host:port` */
  constructor(where: string, store: DeviceStore | undefined, logger: Logger) {
    this.#store = store;
    this.#key = `dialect ${where.toLowerCase()}`;
    this.#logger = logger;
  }

  /** What is known now, without asking the store. */
  get known(): Dialect {
    return this.#known;
  }

  /** What is known, from earlier runs too. */
  async recall(): Promise<Dialect> {
    this.#recalled ??= this.#read();
    await this.#recalled;
    return this.#known;
  }

  async learn(part: Dialect): Promise<void> {
    await this.recall();
    const news = Object.entries(part).some(([name, value]) => this.#known[name as keyof Dialect] !== value);
    if (!news) return;
    this.#known = { ...this.#known, ...part };
    try {
      await this.#store?.write(this.#key, this.#known);
    } catch (error) {
      this.#complain(error);
    }
  }

  async #read(): Promise<void> {
    try {
      this.#known = { ...readDialect(await this.#store?.read(this.#key)), ...this.#known };
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    this.#logger.warn(`the dialect of the NVR is not remembered: ${String(error)}`);
  }
}

/** Whatever the store holds, only what is a dialect. */
function readDialect(stored: unknown): Dialect {
  const { loginUri, playbackControl } = (stored ?? {}) as Readonly<Record<string, unknown>>;
  const uri = DIGEST_URIS.find((each) => each === loginUri);
  const control = CONTROL_PATHS.find((each) => each === playbackControl);
  return { ...(uri && { loginUri: uri }), ...(control && { playbackControl: control }) };
}
