import { type NalUnit, isParameterSet } from '../codec/annex-b.js';
import type { VideoCodec, VideoFrame } from '../codec/frame.js';
import { type Mp4Fragment, mp4Fragment, type Mp4Picture } from '../codec/mp4-fragment.js';
import { AAC_FRAME } from '../codec/aac.js';
import { type Mp4Audio, mp4Start, VIDEO_TIMESCALE } from '../codec/mp4-start.js';
import { nalUnitsOf } from '../codec/picture.js';
import { limits } from '../limits.js';

/** Ticks of a picture where nobody knows better: 15 a second. */
const USUAL = VIDEO_TIMESCALE / 15;
/** Ticks; a picture that is shown for longer than that is one after which some are missing. */
const LONGEST = 5 * VIDEO_TIMESCALE;
/** Ticks of a picture of the past: those since the keyframe are decoded at once, so that the present is shown. */
const PAST = VIDEO_TIMESCALE / 1000;

/** What a player is to be fed with. */
export interface Mp4Piece {
  /** `start`: what comes first, and anew where the camera's video becomes another. */
  readonly kind: 'start' | 'fragment';
  readonly data: Buffer;
  readonly codec: VideoCodec;
  /** ms; 0 of a start. */
  readonly duration: number;
  /** Of the first picture, NVR time, ms since 1970-01-01 UTC. */
  readonly timestamp: number;
}

/** Sound that goes with the pictures. It is asked for what they need, and never waited for. */
export interface LiveSound {
  readonly audio: Mp4Audio;
  /** The next frames of AAC, exactly that many: silent ones where there are no others. */
  take(count: number): readonly Buffer[];
}

export interface LiveMp4Options {
  /** Default: none. A player does without pictures where sound is announced that never comes. */
  readonly sound?: LiveSound | undefined;
  /** Fragments of whole groups of pictures, for files; default: of a picture each, so that nothing is held up. */
  readonly groups?: boolean;
}

interface Waiting {
  readonly frame: VideoFrame;
  readonly past: boolean;
  /** Ticks; known once the next one is here. */
  duration: number;
}

/**
 * Makes fragmented MP4 of live pictures as they come, without touching them: H.264 as `avc1`, H.265 as `hvc1`. The time in
 * it runs without gaps, whatever is left out, so that no player stops to wait for what never comes. One picture is held
 * back: how long it is shown tells the next. Sound reaches as far as the pictures, or less than a frame of it further.
 */
export class LiveMp4 {
  readonly #groups: boolean;
  readonly #sound: LiveSound | undefined;
  /** Frames of sound so far. */
  #heard = 0;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #codec: VideoCodec | undefined;
  #sets = Buffer.alloc(0);
  #sequence = 0;
  /** Ticks */
  #time = 0;
  #usual = USUAL;

  constructor({ groups = false, sound }: LiveMp4Options = {}) {
    this.#groups = groups;
    this.#sound = sound;
  }

  /**
   * What the picture completes; what comes before the first keyframe is passed over.
   *
   * @param past it was kept from before somebody watched
   * @param gap pictures were left out before it: it is a keyframe
   * @throws RangeError where the parameter sets of a keyframe cannot be read
   */
  push(frame: VideoFrame, { past = false, gap = false }: { past?: boolean; gap?: boolean } = {}): Mp4Piece[] {
    const begins = this.#codec === undefined || frame.codec !== this.#codec;
    if (begins && !frame.keyframe) return [];
    const sets = frame.keyframe ? setsOf(frame) : [];
    const bytes = Buffer.concat(sets.map(({ data }) => data));
    const isOther = begins || (sets.length > 0 && !bytes.equals(this.#sets));
    const pieces: Mp4Piece[] = [];
    const last = this.#waiting.at(-1);
    if (last) last.duration = this.#durationOf(last, frame, gap);
    if (!this.#groups || frame.keyframe || this.#isFull(frame)) pieces.push(...this.#flush());
    if (isOther) {
      const data = mp4Start({ codec: frame.codec, parameterSets: sets }, this.#sound?.audio);
      pieces.push({ kind: 'start', data, codec: frame.codec, duration: 0, timestamp: frame.timestamp });
      this.#codec = frame.codec;
      this.#sets = bytes;
    }
    this.#waiting.push({ frame, past, duration: this.#usual });
    this.#bytes += frame.data.length;
    return pieces;
  }

  #isFull({ data }: VideoFrame): boolean {
    const { fragment, pictures } = limits.recording;
    return this.#bytes + data.length > fragment || this.#waiting.length >= pictures;
  }

  #durationOf({ frame, past }: Waiting, next: VideoFrame, gap: boolean): number {
    if (past) return PAST;
    const ticks = Math.round(((next.timestamp - frame.timestamp) * VIDEO_TIMESCALE) / 1000);
    // The NVR's clock was set, or something is missing.
    if (gap || ticks <= 0 || ticks > LONGEST) return this.#usual;
    this.#usual = ticks;
    return ticks;
  }

  #flush(): Mp4Piece[] {
    const [first] = this.#waiting;
    if (!first) return [];
    const pictures = this.#waiting.map(({ frame, duration }): Mp4Picture => ({
      nals: nalUnitsOf(frame),
      duration,
      keyframe: frame.keyframe,
    }));
    const { codec, timestamp } = first.frame;
    const ticks = pictures.reduce((sum, { duration }) => sum + duration, 0);
    this.#sequence += 1;
    const video = { time: this.#time, pictures };
    this.#time += ticks;
    const data = mp4Fragment({ sequence: this.#sequence, codec, video, audio: this.#soundSoFar() });
    this.#waiting = [];
    this.#bytes = 0;
    return [{ kind: 'fragment', data, codec, duration: (ticks * 1000) / VIDEO_TIMESCALE, timestamp }];
  }

  /** The sound of the pictures that are sent. */
  #soundSoFar(): Mp4Fragment['audio'] {
    if (!this.#sound) return undefined;
    const { sampleRate } = this.#sound.audio;
    const wanted = Math.ceil((this.#time * sampleRate) / VIDEO_TIMESCALE / AAC_FRAME) - this.#heard;
    const time = this.#heard * AAC_FRAME;
    this.#heard += wanted;
    return { time, frames: this.#sound.take(wanted) };
  }
}

function setsOf(frame: VideoFrame): NalUnit[] {
  return [...nalUnitsOf(frame)].filter(({ type }) => isParameterSet(frame.codec, type));
}
