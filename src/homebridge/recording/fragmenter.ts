import { type LimitName, limits } from '../../shared/internal.js';
import { type Mp4Picture, VIDEO_TIMESCALE } from '../../shared/codec/index.js';
import type { Picture } from '../live/picture.js';

/** Ticks of the last picture of all, whose successor nobody has seen, where it is the only one. */
const PICTURE = VIDEO_TIMESCALE / 15;

/** A picture on its way into a recording. */
export interface RecordedPicture extends Picture {
  /** Media time, ms; 0 where the recording begins. */
  readonly time: number;
}

/** The pictures of one fragment. */
export interface PicturesOfFragment {
  /** Decode time of the first, ticks. */
  readonly begin: number;
  /** That of the first of the next fragment, ticks. */
  readonly end: number;
  readonly pictures: readonly Mp4Picture[];
  /** Bytes. */
  readonly size: number;
}

interface WaitingPicture {
  readonly picture: RecordedPicture;
  /** Ticks. */
  readonly time: number;
}

/**
 * Gathers pictures into fragments: each begins with a keyframe, holds whole groups of pictures, and as many of them as
 * its length allows; a group that is longer by itself, as where pictures have been lost, makes one fragment. Times never
 * go back, and leave no gap.
 */
export class Fragmenter {
  readonly #length: number;
  #waiting: WaitingPicture[] = [];
  #size = 0;
  /** Where the newest group begins: its place among those that wait, and its time in ticks. */
  #group = { at: 0, time: 0 };

  /** @param length of a fragment at most, ms */
  constructor(length: number) {
    this.#length = toTicks(length);
  }

  /**
   * The fragments that this picture completes, or the limit that it would break: then it was not taken. What comes before
   * the first keyframe is passed over.
   */
  push(picture: RecordedPicture): readonly PicturesOfFragment[] | LimitName {
    if (this.#waiting.length === 0 && !picture.keyframe) return [];
    const last = this.#waiting.at(-1);
    // Where the NVR's clock goes back a little, pictures are squeezed together.
    const time = last ? Math.max(last.time + 1, toTicks(picture.time)) : toTicks(picture.time);
    const done = picture.keyframe && last && this.#mustEnd(time) ? this.#take(time) : [];
    if (picture.keyframe) this.#group = { at: this.#waiting.length, time };
    const { fragment, pictures } = limits.recording;
    if (this.#size + picture.size > fragment) return 'recording.fragment';
    if (this.#waiting.length >= pictures) return 'recording.pictures';
    this.#waiting.push({ picture, time });
    this.#size += picture.size;
    return done;
  }

  /** What is left; nothing where no picture has come. */
  finish(): readonly PicturesOfFragment[] {
    const [last, before] = [this.#waiting.at(-1), this.#waiting.at(-2)];
    return last ? this.#take(last.time + (before ? last.time - before.time : PICTURE)) : [];
  }

  /** Whether another group, as long as the one that ends now, would make the fragment too long. */
  #mustEnd(now: number): boolean {
    const begin = this.#waiting[0]?.time ?? now;
    return now + (now - this.#group.time) - begin > this.#length;
  }

  /** All that waits: the newest group by itself where it has become longer than there was room for. */
  #take(end: number): PicturesOfFragment[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    const { at, time } = this.#group;
    const isTooLong = at > 0 && end - (waiting[0]?.time ?? end) > this.#length;
    return isTooLong
      ? [fragmentOf(waiting.slice(0, at), time), fragmentOf(waiting.slice(at), end)]
      : [fragmentOf(waiting, end)];
  }
}

function fragmentOf(waiting: readonly WaitingPicture[], end: number): PicturesOfFragment {
  const pictures = waiting.map(({ picture: { nals, keyframe }, time }, index) => ({
    nals,
    keyframe,
    duration: (waiting[index + 1]?.time ?? end) - time,
  }));
  const size = waiting.reduce((sum, { picture }) => sum + picture.size, 0);
  return { begin: waiting[0]?.time ?? end, end, pictures, size };
}

function toTicks(ms: number): number {
  return Math.round((ms * VIDEO_TIMESCALE) / 1000);
}
