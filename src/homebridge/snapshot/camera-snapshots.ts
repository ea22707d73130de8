import { type Clock, type Frame, type Logger, sleep, type StreamName } from '../../shared/index.js';
import { type VideoFrame, within } from '../../shared/index.js';
import { type Feed, type LimitCounters, limits } from '../../shared/internal.js';
import { codedSize, jpegSize, nalUnitsOf, type PictureSize } from '../../shared/codec/index.js';
import type { PictureOwner, PicturePool } from './picture-pool.js';
import { placeholder } from './placeholder.js';
import type { PictureCodec, TimeShown } from './render-arguments.js';
import {
  askedSize,
  bestPicture,
  type FeedFacts,
  isDecodable,
  isForEvent,
  jpegWait,
  pictureWait,
  snapshotAnswer,
  streamFor,
} from './snapshot-policy.js';

/** A cold feed gets this long before the NVR is asked for a snapshot of its own as well, which writes to its disk. ms */
const FEED_HEAD_START = 300;
/** After this the camera is taken for unreachable until the next request. ms */
const GIVE_UP = 10_000;
/** A feed that was open for so long without a keyframe gives none. ms: cameras send one every 1 to 10 s. */
const KEYFRAME_LIMIT = 15_000;
/** For so long the other stream is taken instead. ms */
const USELESS_FOR = 10 * 60_000;
/** JPEGs kept of one picture: Home asks for two or three sizes. */
const MAX_RENDERED = 4;

export interface CameraSnapshotsOptions {
  readonly feed: (stream: StreamName) => Feed;
  /** The NVR's own way to make a JPEG; `undefined`: there is none. */
  readonly takeSnapshot: ((signal: AbortSignal) => Promise<Buffer>) | undefined;
  /** `undefined` where there is no ffmpeg. */
  readonly pictures: PicturePool | undefined;
  /** Told when a picture or a request is beyond its limits. */
  readonly limits: LimitCounters;
  /** The camera's, for the log. */
  readonly name: string;
  readonly logger: Logger;
  readonly clock: Clock;
}

type Source = StreamName | 'nvr';

interface KnownPicture {
  readonly codec: PictureCodec;
  readonly data: Buffer;
  readonly size: PictureSize;
  /** When it came, ms by `Clock.now`. */
  time: number;
  /** Of a picture of the past: when it was the present, ms since 1970 UTC. */
  readonly recorded: number | undefined;
  /** Made of it, by size and date. */
  readonly jpegs: Map<string, Promise<Buffer>>;
}

/**
 * Snapshots of one camera: an answer within a second, from the newest picture known. For an event, the picture of that
 * moment.
 */
export class CameraSnapshots {
  readonly #options: CameraSnapshotsOptions;
  readonly #owner: PictureOwner;
  readonly #closing = new AbortController();
  /** The newest picture of each source. */
  readonly #known = new Map<Source, KnownPicture>();
  /** A new picture on its way, for all who ask meanwhile. */
  #refresh: { readonly done: Promise<void>; readonly since: number } | undefined;
  /** Since when each feed is waited for its first keyframe, ms. */
  readonly #waiting = new Map<StreamName, number>();
  /** Until when a feed is not expected to give a picture, ms. */
  readonly #useless = new Map<StreamName, number>();
  /** Pictures of this moment that are being made, by their size. */
  readonly #moments = new Map<string, Promise<Buffer>>();
  /** The newest finished JPEG. */
  #shown: { readonly jpeg: Buffer; readonly time: number } | undefined;
  #failed = false;

  constructor(options: CameraSnapshotsOptions) {
    this.#options = options;
    this.#owner = { name: options.name, limits: options.limits };
  }

  /**
   * A JPEG of the size asked for. It is of another size only where no ffmpeg scales it in time.
   *
   * @param request whatever the phone sent
   * @throws {@link InvalidParameterError} where that is no size
   */
  async take(request: unknown): Promise<Buffer> {
    const { clock, pictures } = this.#options;
    const size = this.#asked(request);
    const started = clock.now();
    const event = isForEvent(request);
    const moment = event ? await this.#ofMoment(size) : undefined;
    if (moment) return moment;
    if (!this.#refresh) {
      const stream = streamFor(size, this.#facts('main'), this.#facts('sub'));
      pictures?.prepare(this.#options.feed(stream).latestKeyframe?.codec ?? 'h264', size);
      this.#refresh = { done: this.#look(stream, size), since: started };
    }
    const { done, since } = this.#refresh;
    await within(clock, pictureWait(started - since, event), done, () => undefined);
    const isFirst = !this.#shown && this.#known.size > 0;
    const answer = this.#answer(size, event ? started : undefined);
    const jpeg = await within(clock, jpegWait(clock.now() - started, isFirst, event), answer, () => undefined);
    if (jpeg) return jpeg;
    // The machine is too slow today: what was shown last, if that is still the truth.
    const waited = event ? clock.now() - started : undefined;
    if (this.#shown && snapshotAnswer(clock.now() - this.#shown.time, waited) === 'plain') return this.#shown.jpeg;
    return placeholder();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#options.pictures?.release(this.#owner);
    await this.#refresh?.done;
  }

  #asked(request: unknown): PictureSize {
    try {
      return askedSize(request);
    } catch (error) {
      this.#options.limits.hit('snapshot.largest', this.#options.name, 'a snapshot of no such size is made');
      throw error;
    }
  }

  #facts(stream: StreamName): FeedFacts {
    const feed = this.#options.feed(stream);
    const now = this.#options.clock.now();
    const waited = now - (this.#waiting.get(stream) ?? now);
    if (feed.warm) this.#waiting.delete(stream);
    else if (waited > KEYFRAME_LIMIT) {
      this.#waiting.delete(stream);
      this.#useless.set(stream, now + USELESS_FOR);
    }
    return { warm: feed.warm, size: this.#known.get(stream)?.size, useless: now < (this.#useless.get(stream) ?? 0) };
  }

  /**
   * The picture of this moment, where the feed that is worth asking is warm: its keyframe is seconds old and may show a
   * place where nothing happens yet, so all of the group is decoded. `undefined` where that gives none.
   */
  async #ofMoment(size: PictureSize): Promise<Buffer | undefined> {
    const { pictures, clock, logger, name } = this.#options;
    if (!pictures) return undefined;
    const key = `${size.width}x${size.height}`;
    try {
      const made = this.#moments.get(key) ?? this.#decodeGroup(pictures, size);
      if (!made) return undefined;
      this.#moments.set(key, made);
      const jpeg = await made;
      this.#shown = { jpeg, time: clock.now() };
      return jpeg;
    } catch (error) {
      logger.debug(`${name}: no picture of the moment: ${messageOf(error)}`);
      return undefined;
    } finally {
      this.#moments.delete(key);
    }
  }

  #decodeGroup(pictures: PicturePool, size: PictureSize): Promise<Buffer> | undefined {
    const stream = streamFor(size, this.#facts('main'), this.#facts('sub'));
    const group = groupOf(this.#options.feed(stream));
    const [keyframe] = group;
    const coded = keyframe && codedSize(nalUnitsOf(keyframe));
    if (!keyframe || !coded || !isDecodable(coded)) return undefined;
    // Slices of a picture may come as frames of their own. One picture less, should the last not be whole.
    const count = new Set(group.map(({ timestamp }) => timestamp)).size;
    const data = Buffer.concat(group.map((frame) => frame.data));
    return pictures.render(this.#owner, { codec: keyframe.codec, data, size, skip: Math.max(0, count - 2) });
  }

  /** @param since when it was asked for, where that was for an event, ms */
  async #answer(size: PictureSize, since?: number): Promise<Buffer> {
    const { clock, logger, name } = this.#options;
    const picture = bestPicture([...this.#known.values()], size);
    const age = picture && clock.now() - picture.time;
    const wanted = since === undefined ? undefined : clock.now() - since;
    const answer = picture?.recorded === undefined ? snapshotAnswer(age, wanted) : 'dated';
    if (!picture || age === undefined || answer === 'placeholder') return this.#placeholder(size);
    const { time } = picture;
    try {
      const dated = answer === 'dated' ? timeShown(picture.recorded, age, clock.wall()) : undefined;
      const jpeg = await this.#jpeg(picture, size, dated);
      if (time >= (this.#shown?.time ?? -Infinity)) this.#shown = { jpeg, time };
      this.#failed = false;
      return jpeg;
    } catch (error) {
      // Said once, not with every tile.
      if (!this.#failed && !this.#closing.signal.aborted) logger.warn(`${name}: no snapshot: ${messageOf(error)}`);
      this.#failed = true;
      return this.#placeholder(size);
    }
  }

  /** The same picture in the same size is made once. */
  #jpeg({ codec, data, size: coded, jpegs }: KnownPicture, size: PictureSize, dated?: TimeShown): Promise<Buffer> {
    const { pictures } = this.#options;
    if (!pictures) return Promise.resolve(data);
    // Another day, and the date belongs to it.
    const key = `${size.width}x${size.height} ${JSON.stringify(dated)}`;
    const known = jpegs.get(key);
    if (known) return known;
    const made = pictures.render(this.#owner, { codec, data, coded, size, dated });
    if (jpegs.size >= MAX_RENDERED) jpegs.clear();
    jpegs.set(key, made);
    made.catch(() => jpegs.delete(key));
    return made;
  }

  async #placeholder(size: PictureSize): Promise<Buffer> {
    const { pictures } = this.#options;
    return pictures ? pictures.placeholder(size).catch(() => placeholder()) : placeholder();
  }

  /** Looks for a new picture; never rejects. */
  async #look(stream: StreamName, asked: PictureSize): Promise<void> {
    const { clock, logger, name, pictures } = this.#options;
    const giveUp = new AbortController();
    const timer = clock.after(GIVE_UP, () => giveUp.abort());
    const signal = AbortSignal.any([giveUp.signal, this.#closing.signal]);
    try {
      const sources = this.#options.takeSnapshot ? [this.#ofNvr(asked, this.#options.takeSnapshot, signal)] : [];
      if (pictures) sources.unshift(this.#ofFeed(stream, signal));
      await Promise.any(sources);
    } catch (error) {
      logger.debug(`${name}: no new picture: ${(error as AggregateError).errors.map(messageOf).join('; ')}`);
    } finally {
      timer.cancel();
      giveUp.abort();
      this.#refresh = undefined;
    }
  }

  async #ofFeed(stream: StreamName, signal: AbortSignal): Promise<void> {
    const { clock, feed, name } = this.#options;
    if (!feed(stream).warm && !this.#waiting.has(stream)) this.#waiting.set(stream, clock.now());
    const frame = await feed(stream).keyframe({ signal });
    this.#waiting.delete(stream);
    const size = codedSize(nalUnitsOf(frame));
    if (!size || !isDecodable(size)) {
      this.#useless.set(stream, clock.now() + USELESS_FOR);
      const broken = size && size.width * size.height <= limits.snapshot.pixels ? 'snapshot.side' : 'snapshot.pixels';
      this.#options.limits.hit(broken, `${name}: ${stream} stream`, 'its pictures are not decoded');
      throw new Error(`the ${stream} stream's picture is ${size ? sizeText(size) : 'of unknown size'}`);
    }
    this.#learn(stream, frame.codec, frame.data, size, feed(stream).recorded ? frame.timestamp : undefined);
  }

  async #ofNvr(
    asked: PictureSize,
    takeSnapshot: (signal: AbortSignal) => Promise<Buffer>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, name, pictures } = this.#options;
    if (pictures) {
      await sleep(clock, FEED_HEAD_START, signal);
      pictures.prepare('jpeg', asked);
    }
    const data = await takeSnapshot(signal);
    const size = jpegSize(data);
    if (!size) throw new Error("the NVR's own snapshot is no JPEG");
    const broken = isDecodable(size) ? 'snapshot.jpeg' : 'snapshot.pixels';
    if (!isDecodable(size) || data.length > limits.snapshot.jpeg) {
      this.#options.limits.hit(broken, `${name}: the NVR's own snapshot`, 'it is not shown');
      throw new Error(`the NVR's own snapshot is ${sizeText(size)}, ${data.length} bytes`);
    }
    this.#learn('nvr', 'jpeg', data, size);
  }

  #learn(source: Source, codec: PictureCodec, data: Buffer, size: PictureSize, recorded?: number): void {
    const time = this.#options.clock.now();
    const known = this.#known.get(source);
    // The same keyframe again: what was made of it still holds.
    if (known?.data === data) known.time = time;
    else this.#known.set(source, { codec, data, size, time, recorded, jpegs: new Map() });
  }
}

/** The pictures since the newest keyframe, that one first; none where the feed is cold. */
function groupOf(feed: Feed): readonly VideoFrame[] {
  const group: VideoFrame[] = [];
  if (!feed.warm) return group;
  const frame = (seen: Frame) => {
    if (seen.kind === 'video') group.push(seen);
  };
  feed.subscribe({ frame }).close();
  return group;
}

function sizeText({ width, height }: PictureSize): string {
  return `${width}x${height}`;
}

/**
 * The time of day; the date as well where it was another day.
 *
 * @param recorded ms since 1970-01-01 UTC, of a picture of the past
 * @param age ms
 * @param now ms since 1970-01-01 UTC
 */
function timeShown(recorded: number | undefined, age: number, now: number): TimeShown {
  const date = new Date(recorded ?? now - age);
  const day = { month: date.getMonth() + 1, day: date.getDate() };
  const isToday = date.toDateString() === new Date(now).toDateString();
  const time = { hours: date.getHours(), minutes: date.getMinutes(), ...(!isToday && { date: day }) };
  return { ...time, corner: recorded !== undefined };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
