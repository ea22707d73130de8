import { type Clock, limits, type Nvr, type Timer } from '../../shared/index.js';

/** ms between two pictures of a camera for events. */
const EVENT_GAP = 5000;

export interface PicturesOptions {
  readonly clock: Clock;
  readonly everySeconds: number | undefined;
  /** Whose pictures are taken by time. */
  readonly channels: () => readonly number[];
  readonly publish: (channel: number, jpeg: Buffer) => boolean;
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

  /** @throws what the driver throws */
  take(channel: number): Promise<void> {
    const waiting = this.#waiting.get(channel);
    if (waiting) return waiting;
    this.#taken.set(channel, this.#options.clock.now());
    const work = this.#work.then(async () => {
      const jpeg = await this.#nvr.takeSnapshot(channel, { priority: 'poll' });
      if (jpeg.length > limits.broker.picture)
        throw new Error(`a picture of ${jpeg.length} bytes is too large to publish`);
      this.#options.publish(channel, jpeg);
    });
    const done = work.finally(() => this.#waiting.delete(channel));
    this.#waiting.set(channel, done);
    this.#work = done.catch(() => undefined);
    return done;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #unheard(channel: number): void {
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
