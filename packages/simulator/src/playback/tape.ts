import type { Frame } from '../../../../src/shared/codec/frame.js';
import { pictureNumberAt, pictureOf, pictureTime, soundOf, type StreamSource } from '../live/frames.js';
import { AUDIO_FRAME_DURATION } from '../live/beep.js';
import { KEYFRAME_INTERVAL } from '../live/loop.js';
import type { Recordings } from '../nvr/recordings.js';
import { Refusal } from '../nvr/refusal.js';

/** What is recorded of one stream, by the numbers of its pictures and sounds (live/frames.ts). */
export class Tape {
  readonly #source: StreamSource;
  readonly #recordings: Recordings;

  constructor(source: StreamSource, recordings: Recordings) {
    this.#source = source;
    this.#recordings = recordings;
  }

  picture(number: number): Frame {
    return pictureOf(this.#source, number);
  }

  /** 40 ms of sound, where they are recorded. */
  sound(number: number): Frame | undefined {
    return this.#has(number * AUDIO_FRAME_DURATION) ? soundOf(this.#source, number) : undefined;
  }

  /**
   * The pictures that must be decoded to show the one of a time (s since 1970 UTC); the next keyframe in a gap.
   * @throws {@link Refusal} where nothing is recorded from then on
   */
  groupAt(time: number): readonly [number, ...number[]] {
    const number = pictureNumberAt(time * 1000);
    const shown = this.#hasPicture(number) ? number : this.keyframeFrom(number);
    const [first, ...rest] = shown === undefined ? [] : this.groupOf(shown);
    if (first === undefined) throw new Refusal(`time=${time}: nothing is recorded from then on`);
    return [first, ...rest];
  }

  /** The picture after that one; behind a gap the first keyframe. */
  after(number: number): number | undefined {
    return this.#hasPicture(number + 1) ? number + 1 : this.keyframeFrom(number + 1);
  }

  /** The picture before that one, across a gap. */
  before(number: number): number | undefined {
    if (this.#hasPicture(number - 1)) return number - 1;
    const stretch = this.#recordings.within(this.#source.channel, 0, secondOf(pictureTime(number - 1))).at(-1);
    return stretch && pictureNumberAt(stretch.to * 1000) - 1;
  }

  /** The first keyframe from that number on. */
  keyframeFrom(number: number): number | undefined {
    const key = Math.ceil(number / KEYFRAME_INTERVAL) * KEYFRAME_INTERVAL;
    if (this.#hasPicture(key)) return key;
    const [stretch] = this.#recordings.within(this.#source.channel, secondOf(pictureTime(key)), Infinity);
    if (!stretch) return undefined;
    const first = Math.ceil(pictureNumberAt(stretch.from * 1000) / KEYFRAME_INTERVAL) * KEYFRAME_INTERVAL;
    return this.#hasPicture(first) ? first : undefined;
  }

  /** The last keyframe up to that number. */
  keyframeUpTo(number: number): number | undefined {
    const key = Math.floor(number / KEYFRAME_INTERVAL) * KEYFRAME_INTERVAL;
    if (this.#hasPicture(key)) return key;
    const stretch = this.#recordings.within(this.#source.channel, 0, secondOf(pictureTime(key))).at(-1);
    if (!stretch) return undefined;
    const last = Math.floor((pictureNumberAt(stretch.to * 1000) - 1) / KEYFRAME_INTERVAL) * KEYFRAME_INTERVAL;
    return this.#hasPicture(last) ? last : undefined;
  }

  /** The pictures that must be decoded to show that one, from its keyframe on; from the next keyframe where its own is not recorded. */
  groupOf(number: number): readonly number[] {
    const key = number - (number % KEYFRAME_INTERVAL);
    if (this.#hasPicture(key)) return Array.from({ length: number - key + 1 }, (_, index) => key + index);
    const next = this.keyframeFrom(number);
    return next === undefined ? [] : [next];
  }

  #hasPicture(number: number): boolean {
    return this.#has(pictureTime(number));
  }

  #has(time: number): boolean {
    return this.#recordings.has(this.#source.channel, secondOf(time));
  }
}

function secondOf(time: number): number {
  return Math.floor(time / 1000);
}
