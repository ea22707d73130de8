import { Refusal } from './refusal.js';

/** Something that goes wrong at the NVR itself (SDK 10.13). */
export interface Exception {
  /** `DiskFull`, `DiskError` or whatever a test wants. */
  readonly exception: string;
  /** Of `DiskError`: the name of the disk. */
  readonly target?: string;
}

/** A change of settings that clients should know of (SDK 10.14). */
export interface Message {
  readonly message: string;
  readonly target?: number;
  readonly content?: unknown;
}

interface Notices {
  readonly exception: Exception & { readonly time: number };
  readonly message: Message & { readonly time: number };
}

/** Who is told of exceptions, and who of messages. */
export class NoticeBoard {
  readonly #now: () => number;
  readonly #listeners = { exception: new Set<(notice: never) => void>(), message: new Set<(notice: never) => void>() };

  /** @param now the clock of the NVR, ms since 1970 UTC */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws {@link Refusal} */
  except(exception: Exception): void {
    if (!exception.exception) throw new Refusal('exception: must not be empty');
    if (exception.exception === 'DiskError' && !exception.target) throw new Refusal('target: DiskError names its disk');
    this.#tell('exception', { ...exception, time: this.#now() });
  }

  message(message: Message): void {
    this.#tell('message', { ...message, time: this.#now() });
  }

  /** @returns what ends the listening */
  listen<Kind extends keyof Notices>(kind: Kind, listener: (notice: Notices[Kind]) => void): () => void {
    this.#listeners[kind].add(listener);
    return () => this.#listeners[kind].delete(listener);
  }

  #tell<Kind extends keyof Notices>(kind: Kind, notice: Notices[Kind]): void {
    for (const listener of this.#listeners[kind] as Set<(notice: Notices[Kind]) => void>) listener(notice);
  }
}
