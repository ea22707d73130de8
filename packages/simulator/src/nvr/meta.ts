import type { Clock } from '../../../../src/shared/clock.js';
import { Newest } from '../newest.js';
import type { Cameras } from './cameras.js';
import { Refusal } from './refusal.js';

/** Meta data as any module of the NVR throws it (SDK 4.3). */
export interface MetaData {
  /** 0 is the NVR itself. */
  readonly channel: number;
  readonly type: string;
  readonly data: string;
  /** ms since 1970 UTC */
  readonly timestamp: number;
}

/** Enough for any test; older ones are forgotten. */
const KEPT = 10_000;

/** The meta data that were thrown, and those who listen. */
export class Meta {
  readonly #cameras: Pick<Cameras, 'has'>;
  readonly #clock: Clock;
  readonly #all = new Newest<MetaData>(KEPT, ({ type, data }) => type.length + data.length);
  readonly #listeners = new Set<(meta: MetaData) => void>();

  constructor(cameras: Pick<Cameras, 'has'>, clock: Clock) {
    this.#cameras = cameras;
    this.#clock = clock;
  }

  get all(): readonly MetaData[] {
    return this.#all.all;
  }

  /** What somebody from outside throws. @throws {@link Refusal} */
  throw(channel: number, type: string, data: string): void {
    if (channel !== 0 && !this.#cameras.has(channel)) throw new Refusal(`ChannelID=${channel}: no such channel`);
    if (!type) throw new Refusal('Type: must not be empty');
    this.add(channel, type, data);
  }

  add(channel: number, type: string, data: string): void {
    const meta = { channel, type, data, timestamp: this.#clock.wall() };
    this.#all.add(meta);
    for (const listener of this.#listeners) listener(meta);
  }

  /** @returns what ends the listening */
  listen(listener: (meta: MetaData) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
