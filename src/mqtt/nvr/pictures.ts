import type { Clock, Nvr, Timer } from '../../shared/index.js';
import { type LimitCounters, type LimitName, limits } from '../../shared/internal.js';

import type { PictureFate } from '../broker/outbox.js';

/** ms between two pictures of a camera for events. */
const EVENT_GAP = 5000;

export interface PicturesOptions {
  readonly clock: Clock;
  /** What the NVR and the broker run into. */
  readonly limits: LimitCounters;
  readonly everySeconds: number | undefined;
  /** Whose pictures are taken by time. */
  readonly channels: () => readonly number[];
  /** Whether the broker is there: for nobody, no picture is taken by itself. */
  readonly wanted: () => boolean;
  readonly publish: (channel: number, jpeg: Buffer) => PictureFate;
  readonly failed: (channel: number, error: unknown) => void;
}

/** Pictures of one NVR's cameras, taken one after the other, so that they hold up nothing else. */
export class Pictures {
  readonly #nvr: Nvr;
  readonly #options: PicturesOptions;
  readonly #taken = new Map<number, number>();
  /** Channels that are waited for, so that none is asked for twice. */
  readonly #waiting = new Map<number, Promise<void>>();
  #work: Promise<void> = Promise.resolve();
  #timer: Timer | undefined;

  constructor(nvr: Nvr, options: PicturesOptions) {
    this.#nvr = nvr;
    this.#options = options;
    this.#wait();
  }

  /** An event began there. */
  event(channel: number): void {
    const taken = this.#taken.get(channel) ?? -Infinity;
    if (this.#options.clock.now() - taken >= EVENT_GAP) this.#unheard(channel);
  }

  /** Takes one and publishes it. @throws what the driver throws, and where it cannot be published */
  take(channel: number): Promise<void> {
    const waiting = this.#waiting.get(channel);
    if (waiting) return waiting;
    this.#taken.set(channel, this.#options.clock.now());
    const work = this.#work.then(async () => {
      const jpeg = await this.#nvr.takeSnapshot(channel, { priority: 'poll' });
      const { picture } = limits.broker;
      if (jpeg.length > picture) throw this.#tooMuch(channel, 'broker.picture', `it has ${jpeg.length} bytes`);
      const fate = this.#options.publish(channel, jpeg);
      if (fate === 'slow') throw this.#tooMuch(channel, 'broker.waiting', 'the broker is too slow for pictures');
      if (fate === 'away') throw new Error('the picture is not published: the broker is away');
    });
    const done = work.finally(() => this.#waiting.delete(channel));
    this.#waiting.set(channel, done);
    this.#work = done.catch(() => undefined);
    return done;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #tooMuch(channel: number, limit: LimitName, why: string): Error {
    this.#options.limits.hit(limit, `pictures of channel ${channel}`, 'they are left out');
    return new Error(`the picture is not published: ${why}`);
  }

  #unheard(channel: number): void {
    if (!this.#options.wanted()) return;
    this.take(channel).catch((error: unknown) => this.#options.failed(channel, error));
  }

  #wait(): void {
    const { clock, everySeconds, channels } = this.#options;
    if (everySeconds === undefined) return;
    this.#timer = clock.after(everySeconds * 1000, () => {
      for (const channel of channels()) this.#unheard(channel);
      this.#wait();
    });
  }
}
