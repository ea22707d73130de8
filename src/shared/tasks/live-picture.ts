import { type Clock, systemClock, within } from '../clock.js';
import { jpegSize } from '../codec/picture-size.js';
import type { VideoFrame } from '../codec/frame.js';
import { NvrTimeoutError, NvrUnreachableError } from '../errors.js';
import type { ChildOwner, PictureMaker } from '../ffmpeg/index.js';
import type { LimitCounters } from '../limit-counters.js';
import { limits } from '../limits.js';
import type { CallOptions } from '../link/caller.js';
import type { LiveFeed } from '../media/live-feed.js';
import type { StreamName } from '../sdk/stream-name.js';

/** ms that a feed has for its first keyframe before the NVR is asked for a snapshot: cameras send one every 1 to 4 s. */
const FEED_PATIENCE = 5000;
/** Bytes of pictures that are decoded for the sake of the last. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Whoever has the feeds and snapshots of an NVR. */
export interface PictureSource {
  feed(channel: number, stream: StreamName): LiveFeed;
  takeSnapshot(channel: number, options?: CallOptions): Promise<Buffer>;
  /** `host:port` */
  readonly address: string;
  /** What the NVR runs into. */
  readonly limits?: LimitCounters | undefined;
}

export interface LivePictureOptions {
  /** Default: `main`. */
  readonly stream?: StreamName | undefined;
  /** Pixels; a wider picture is scaled down, where there is an ffmpeg that does. Default: as the camera sends it. */
  readonly width?: number | undefined;
  /**
   * Whether the newest picture is wanted, for which those since the keyframe are decoded, or the keyframe itself will do,
   * which is as old as that (0 to some seconds). Default: `picture`.
   */
  readonly newest?: 'picture' | 'keyframe' | undefined;
  /** Makes the JPEG; without it, the NVR does. */
  readonly pictures?: PictureMaker | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** What a camera shows. */
export interface LivePicture {
  readonly jpeg: Buffer;
  /** By the clock of the NVR where it is out of the live stream. */
  readonly taken: Date;
  /** Where it comes from: the live stream, or a snapshot that the NVR took. */
  readonly from: 'feed' | 'nvr';
  /** Pixels; absent where the JPEG does not tell. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * What a camera shows now, as JPEG: out of the live stream, so that nothing is written to the NVR's disk; by the NVR's
 * own snapshot where there is no ffmpeg or the stream gives no picture.
 *
 * @param channel from 1
 * @throws as {@link Nvr.takeSnapshot} does
 */
export async function livePicture(
  source: PictureSource,
  channel: number,
  options: LivePictureOptions = {},
): Promise<LivePicture> {
  if (options.pictures) {
    try {
      return await ofFeed(source, channel, options.pictures, options);
    } catch {
      // The NVR's own way is left; its error says more than that of a stream.
      options.signal?.throwIfAborted();
    }
  }
  return ofNvr(source, channel, options);
}

async function ofFeed(
  source: PictureSource,
  channel: number,
  pictures: PictureMaker,
  { stream = 'main', width, newest = 'picture', signal, clock = systemClock }: LivePictureOptions,
): Promise<LivePicture> {
  const late = (): never => {
    throw new NvrTimeoutError(`camera ${channel} has sent no picture within ${FEED_PATIENCE / 1000} s`);
  };
  const feed = source.feed(channel, stream);
  const frames = await within(clock, FEED_PATIENCE, (ends) => picturesOf(feed, ends), late, signal);
  const owner = ownerOf(source, channel);
  const make = async (some: readonly VideoFrame[]): Promise<LivePicture> => {
    const [{ codec, timestamp }] = some.slice(-1) as [VideoFrame];
    const data = Buffer.concat(some.map((frame) => frame.data));
    const jpeg = await pictures.make(owner, { codec, data, count: some.length, width }, signal);
    return { jpeg, taken: new Date(timestamp), from: 'feed', ...jpegSize(jpeg) };
  };
  if (newest === 'keyframe' || !areFew(frames)) return make(frames.slice(0, 1));
  // A slow machine, or a camera whose frames are no pictures: the keyframe is better than nothing.
  return frames.length === 1 ? make(frames) : make(frames).catch(() => make(frames.slice(0, 1)));
}

function areFew(frames: readonly VideoFrame[]): boolean {
  const bytes = frames.reduce((sum, { data }) => sum + data.length, 0);
  return frames.length <= limits.picture.decoded && bytes <= MOST_BYTES;
}

/** The kept group of pictures of a warm feed, else the first keyframe to arrive. */
async function picturesOf(feed: LiveFeed, signal: AbortSignal): Promise<readonly VideoFrame[]> {
  const kept: VideoFrame[] = [];
  const first = Promise.withResolvers<readonly VideoFrame[]>();
  const subscription = feed.subscribe({
    frame: (frame, replay) => {
      if (frame.kind !== 'video') return;
      if (replay) kept.push(frame);
      else if (frame.keyframe) first.resolve([frame]);
    },
    // An NVR that has no stream to give is not waited for.
    interrupted: (error) => first.reject(error ?? new NvrUnreachableError('the stream was lost')),
  });
  const abort = () => first.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return kept.length > 0 ? kept : await first.promise;
  } finally {
    signal.removeEventListener('abort', abort);
    subscription.close();
  }
}

async function ofNvr(
  source: PictureSource,
  channel: number,
  { width, pictures, signal, clock = systemClock }: LivePictureOptions,
): Promise<LivePicture> {
  const data = await source.takeSnapshot(channel, { signal });
  const taken = new Date(clock.wall());
  const size = jpegSize(data);
  const jpeg =
    pictures && size && width !== undefined && size.width > width
      ? await pictures.make(ownerOf(source, channel), { codec: 'jpeg', data, width }, signal).catch(() => data)
      : data;
  signal?.throwIfAborted();
  return { jpeg, taken, from: 'nvr', ...jpegSize(jpeg) };
}

function ownerOf({ address, limits }: PictureSource, channel: number): ChildOwner {
  return { name: `${address} ${channel}`, limits };
}
