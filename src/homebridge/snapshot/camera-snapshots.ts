import { type Clock, type LiveFeed, type Logger, sleep, within } from '../../shared/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { PictureRenderer } from './picture-renderer.js';
import { placeholder } from './placeholder.js';
import type { PictureCodec } from './render-arguments.js';
import { jpegWait, type PictureSize, pictureWait, snapshotAnswer } from './snapshot-policy.js';

/** A cold feed gets this long before the NVR is asked for a snapshot of its own as well. ms */
const FEED_HEAD_START = 300;
/** After this the camera is taken for unreachable until the next request. ms */
const GIVE_UP = 10_000;
/** JPEGs kept of the newest picture: Home asks for two or three sizes. */
const MAX_RENDERED = 4;

export interface CameraSnapshotsOptions {
  readonly feed: LiveFeed;
  /** The NVR's own way to make a JPEG. */
  readonly takeSnapshot: (signal: AbortSignal) => Promise<Buffer>;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  readonly clock: Clock;
}

interface KnownPicture {
  readonly codec: PictureCodec;
  readonly data: Buffer;
  /** When it was the present, ms by `Clock.now`. */
  readonly time: number;
}

/** Snapshots of one camera: an answer within a second, from the newest picture known. */
export class CameraSnapshots {
  readonly #options: CameraSnapshotsOptions;
  readonly #renderer: PictureRenderer;
  readonly #closing = new AbortController();
  #newest: KnownPicture | undefined;
  /** A new picture on its way, for all who ask meanwhile. */
  #refresh: { readonly done: Promise<void>; readonly since: number } | undefined;
  /** JPEGs of {@link #newest} by size and date. */
  #rendered = new Map<string, Promise<Buffer>>();
  /** The newest finished JPEG. */
  #shown: { readonly jpeg: Buffer; readonly time: number } | undefined;

  constructor(options: CameraSnapshotsOptions) {
    this.#options = options;
    this.#renderer = new PictureRenderer(options.ffmpeg, options.clock);
  }

  /** A JPEG of that size. It is of another size only where no ffmpeg can scale. */
  async take(size: PictureSize): Promise<Buffer> {
    const { clock, ffmpeg } = this.#options;
    const started = clock.now();
    if (ffmpeg.path) this.#renderer.prepare(this.#expectedCodec(), size);
    this.#refresh ??= { done: this.#look(), since: started };
    const { done, since } = this.#refresh;
    await within(clock, pictureWait(started - since), done, () => undefined);
    const answer = this.#answer(size);
    const jpeg = await within(clock, jpegWait(clock.now() - started), answer, () => undefined);
    if (jpeg) return jpeg;
    // The machine is too slow today: what was shown last, if that is still the truth.
    if (this.#shown && snapshotAnswer(clock.now() - this.#shown.time) === 'plain') return this.#shown.jpeg;
    return placeholder();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#renderer.close();
    await this.#refresh?.done;
  }

  #expectedCodec(): PictureCodec {
    return this.#options.feed.latestKeyframe?.codec ?? 'h264';
  }

  async #answer(size: PictureSize): Promise<Buffer> {
    const { clock } = this.#options;
    const picture = this.#newest;
    const age = picture && clock.now() - picture.time;
    const answer = snapshotAnswer(age);
    if (!picture || age === undefined || answer === 'placeholder') return this.#placeholder(size);
    try {
      const jpeg = await this.#jpeg(picture, size, answer === 'dated' ? new Date(clock.wall() - age) : undefined);
      this.#shown = { jpeg, time: picture.time };
      return jpeg;
    } catch (error) {
      this.#options.logger.warn(`snapshot: ${error instanceof Error ? error.message : String(error)}`);
      return this.#placeholder(size);
    }
  }

  /** The same picture in the same size is made once. */
  #jpeg(picture: KnownPicture, size: PictureSize, date?: Date): Promise<Buffer> {
    if (!this.#options.ffmpeg.path) return Promise.resolve(picture.data);
    const key = `${size.width}x${size.height} ${date ? 'dated' : 'plain'}`;
    const known = this.#rendered.get(key);
    if (known) return known;
    const made = this.#renderer.render(picture.codec, picture.data, size, date);
    if (this.#rendered.size >= MAX_RENDERED) this.#rendered.clear();
    this.#rendered.set(key, made);
    // The next one will most likely be asked for in the same size.
    void made.then(
      () => this.#renderer.prepare(picture.codec, size),
      () => this.#rendered.delete(key),
    );
    return made;
  }

  async #placeholder(size: PictureSize): Promise<Buffer> {
    const jpeg = await placeholder();
    if (!this.#options.ffmpeg.path) return jpeg;
    return this.#renderer.render('jpeg', jpeg, size).catch(() => jpeg);
  }

  /** Looks for a new picture; never rejects. */
  async #look(): Promise<void> {
    const giveUp = new AbortController();
    const timer = this.#options.clock.after(GIVE_UP, () => giveUp.abort());
    const signal = AbortSignal.any([giveUp.signal, this.#closing.signal]);
    try {
      const sources = [this.#ofNvr(signal)];
      if (this.#options.ffmpeg.path) sources.unshift(this.#ofFeed(signal));
      this.#learn(await Promise.any(sources));
    } catch {
      this.#options.logger.debug('snapshot: no new picture');
    } finally {
      timer.cancel();
      giveUp.abort();
      this.#refresh = undefined;
    }
  }

  async #ofFeed(signal: AbortSignal): Promise<KnownPicture> {
    const { codec, data } = await this.#options.feed.keyframe({ signal });
    return { codec, data, time: this.#options.clock.now() };
  }

  async #ofNvr(signal: AbortSignal): Promise<KnownPicture> {
    if (this.#options.ffmpeg.path) await sleep(this.#options.clock, FEED_HEAD_START, signal);
    const data = await this.#options.takeSnapshot(signal);
    return { codec: 'jpeg', data, time: this.#options.clock.now() };
  }

  #learn(picture: KnownPicture): void {
    // The same keyframe again: what was made of it still holds.
    if (picture.data !== this.#newest?.data) this.#rendered.clear();
    this.#newest = picture;
  }
}
