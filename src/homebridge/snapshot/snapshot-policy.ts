import { InvalidParameterError, type StreamName } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import type { PictureSize } from '../../shared/codec/index.js';

/**
 * The size that a phone asks for, out of whatever it sent.
 *
 * @throws {@link InvalidParameterError} where width or height is no whole number of pixels, or none that a screen has
 */
export function askedSize(request: unknown): PictureSize {
  const { width, height } = (request ?? {}) as { width?: unknown; height?: unknown };
  return { width: side('width', width), height: side('height', height) };
}

/** Whether it is asked for because something has happened, for a notification (HAP-NodeJS: `ResourceRequestReason.EVENT`). */
export function isForEvent(request: unknown): boolean {
  return (request as { reason?: unknown } | undefined)?.reason === 1;
}

function side(name: string, value: unknown): number {
  const { smallest, largest } = limits.snapshot;
  if (typeof value === 'number' && Number.isInteger(value) && value >= smallest && value <= largest) return value;
  throw new InvalidParameterError(name, `must be a whole number of pixels from ${smallest} to ${largest}`);
}

/** Whether ffmpeg may be given a picture of that size to decode. */
export function isDecodable({ width, height }: PictureSize): boolean {
  const { side: longest, pixels } = limits.snapshot;
  return Math.max(width, height) <= longest && width * height <= pixels;
}

/** Pixels of Full HD, coded in whole blocks of 16. */
const FULL_HD = 1920 * 1088;

/** Whether making it takes less than to start a process for it, and little memory. */
export function isSmall({ width, height }: PictureSize): boolean {
  return width * height <= FULL_HD;
}

/** Up to so much a smaller picture is enlarged before the larger stream is worth it. */
const ENLARGED = 1.1;

/** Whether a picture fills the size asked for, its aspect kept, without being enlarged visibly. */
export function suffices(picture: PictureSize, asked: PictureSize): boolean {
  return Math.min(asked.width / picture.width, asked.height / picture.height) <= ENLARGED;
}

/** What is known of a feed when a snapshot is asked for. */
export interface FeedFacts {
  /** A newcomer gets its keyframe at once. */
  readonly warm: boolean;
  /** Pixels of its newest keyframe. */
  readonly size?: PictureSize | undefined;
  /** Lately it gave no picture, or none that can be decoded. */
  readonly useless: boolean;
}

/** Home's tiles are not wider, and no sub stream is expected to be much smaller. Pixels. */
const TILE_WIDTH = 640;

/** Which stream's feed a snapshot is taken from: the sub stream where it suffices, unless the main one is open anyway. */
export function streamFor(asked: PictureSize, main: FeedFacts, sub: FeedFacts): StreamName {
  if (sub.useless) return 'main';
  if (main.useless) return 'sub';
  const fits = sub.size ? suffices(sub.size, asked) : asked.width <= TILE_WIDTH;
  if (!fits) return 'main';
  return main.warm && !sub.warm ? 'main' : 'sub';
}

/** A picture that may be shown. */
export interface ShownFacts {
  readonly size: PictureSize;
  /** When it was the present, ms by `Clock.now`. */
  readonly time: number;
}

/** A picture that suffices is preferred to one that is newer by no more than this. ms: one round of Home's tiles. */
const SHARP_AND_OLDER = 10_000;

/** The picture to show: the newest, or a sharper one that is hardly older. */
export function bestPicture<T extends ShownFacts>(pictures: readonly T[], asked: PictureSize): T | undefined {
  const byAge = [...pictures].sort((a, b) => b.time - a.time);
  const [newest] = byAge;
  return (
    byAge.find(({ size, time }) => suffices(size, asked) && (newest?.time ?? 0) - time <= SHARP_AND_OLDER) ?? newest
  );
}

/** A picture older than this is not passed off as the present. ms: three rounds of Home's tiles. */
const PRESENT = 30_000;
/** One older than this says nothing any more. ms */
const WORTH_SHOWING = 24 * 60 * 60 * 1000;

/** `plain`: the picture. `dated`: dimmed, with its time on it. `placeholder`: no picture at all. */
export type SnapshotAnswer = 'plain' | 'dated' | 'placeholder';

/** A picture from so long before the request is still of the event that it is about: ms that Home takes to ask. */
const MOMENT = 1000;

/**
 * What to show of the newest picture known.
 *
 * @param age ms; `undefined` if there is none
 * @param waited ms since it was asked for, where that was for an event: what is from before is not passed off as its picture
 */
export function snapshotAnswer(age: number | undefined, waited?: number): SnapshotAnswer {
  if (age === undefined || age > WORTH_SHOWING) return 'placeholder';
  return age > (waited === undefined ? PRESENT : waited + MOMENT) ? 'dated' : 'plain';
}

/** A tile is given an answer within this time, whatever the camera does. ms */
const ANSWER_WITHIN = 950;
/** Of that a new picture may take so much; the rest is for making a JPEG of it, or of an older one. ms */
const PICTURE_WITHIN = 600;
/**
 * A camera of which nothing was ever shown is given longer for its first JPEG, once its picture is there: many that are
 * asked at once take turns, and Home would show a wrong "no picture" for ten seconds. ms
 */
const FIRST_ANSWER_WITHIN = 2500;

/** The picture of a notification is looked at once, and worth more of HomeKit's patience, which ends after 8 s. ms */
const EVENT_PICTURE_WITHIN = 4000;
/** ms */
const EVENT_ANSWER_WITHIN = 6000;

/**
 * How long a request may wait for a new picture, ms. Requests that find an older one still waiting share its time, so
 * that a dead camera costs one request the wait, not each of them.
 * @param waiting how long somebody has been waiting for that picture already, ms
 * @param event it is for an event
 */
export function pictureWait(waiting: number, event = false): number {
  return Math.max(0, (event ? EVENT_PICTURE_WITHIN : PICTURE_WITHIN) - waiting);
}

/**
 * How long a request may still wait for its JPEG.
 * @param waiting how long it has been waiting already, ms
 * @param first there is a picture, and none was shown before
 * @param event it is for an event
 */
export function jpegWait(waiting: number, first: boolean, event = false): number {
  const limit = event ? EVENT_ANSWER_WITHIN : first ? FIRST_ANSWER_WITHIN : ANSWER_WITHIN;
  return Math.max(0, limit - waiting);
}
