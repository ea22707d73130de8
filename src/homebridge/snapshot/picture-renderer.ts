import type { Clock, Timer } from '../../shared/index.js';
import { type Child, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { type PictureCodec, renderArguments } from './render-arguments.js';
import type { PictureSize } from './snapshot-policy.js';

/** A spare process that nobody needed for so long is ended. ms */
const SPARE_LIFETIME = 60_000;
/** A picture that takes longer is given up. ms */
const RENDER_TIMEOUT = 10_000;

/**
 * Coded picture in, JPEG out. Starting ffmpeg takes most of the time that a picture needs, so one that does what was
 * asked last stands by, waiting on its stdin; each process is used once.
 */
export class PictureRenderer {
  readonly #ffmpeg: Ffmpeg;
  readonly #clock: Clock;
  readonly #children = new Set<Child>();
  #spare: { readonly key: string; readonly child: Child } | undefined;
  #expiry: Timer | undefined;
  #closed = false;

  constructor(ffmpeg: Ffmpeg, clock: Clock) {
    this.#ffmpeg = ffmpeg;
    this.#clock = clock;
  }

  /** Has a process standing by for the next picture of this kind. */
  prepare(codec: PictureCodec, size: PictureSize): void {
    if (this.#closed) return;
    this.#expiry?.cancel();
    this.#expiry = this.#clock.after(SPARE_LIFETIME, () => this.#dismissSpare());
    const args = renderArguments(codec, size);
    const key = args.join(' ');
    if (this.#spare?.key === key) return;
    this.#dismissSpare();
    const child = this.#start(args);
    this.#spare = { key, child };
    void child.exited.then(() => {
      if (this.#spare?.child === child) this.#spare = undefined;
    });
  }

  /** @param date written on the picture, which is dimmed */
  async render(codec: PictureCodec, data: Buffer, size: PictureSize, date?: Date): Promise<Buffer> {
    if (this.#closed) throw new Error('snapshots are closed');
    const child = this.#take(renderArguments(codec, size, date));
    child.end(data);
    const { output: jpeg, exit } = await this.#ffmpeg.children.output(child, RENDER_TIMEOUT);
    if (jpeg.length === 0 || exit.code !== 0)
      throw new Error(`ffmpeg made no picture: ${exit.complaint || 'it gave no reason'}`);
    return jpeg;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#expiry?.cancel();
    await Promise.all([...this.#children].map((child) => child.stop()));
  }

  #take(args: readonly string[]): Child {
    if (this.#spare?.key !== args.join(' ')) return this.#start(args);
    const { child } = this.#spare;
    this.#spare = undefined;
    return child;
  }

  #start(args: readonly string[]): Child {
    const child = startFfmpeg(this.#ffmpeg, 'picture', args);
    this.#children.add(child);
    void child.exited.then(() => this.#children.delete(child));
    return child;
  }

  #dismissSpare(): void {
    void this.#spare?.child.stop();
    this.#spare = undefined;
  }
}
