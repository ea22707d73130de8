import type { AudioFrame, VideoCodec, VideoFrame } from '../../../../src/shared/codec/frame.js';
import { AUDIO_FRAME_DURATION } from './beep.js';
import { KEYFRAME_INTERVAL, PICTURES_PER_SECOND, type StreamName, streamSizes } from './loop.js';

/** What one stream of a camera shows and sounds, for ever: loops that follow the clock. */
export interface StreamSource {
  readonly channel: number;
  readonly codec: VideoCodec;
  readonly stream: StreamName;
  /** The video loop, and one second of audio, in frames. */
  readonly pictures: readonly Buffer[];
  readonly sounds: readonly Buffer[];
}

/** Number of the first picture at or after a time (ms since 1970 UTC). */
export function pictureNumberAt(time: number): number {
  return Math.ceil((time * PICTURES_PER_SECOND) / 1000);
}

/** When a picture is taken, ms since 1970 UTC. */
export function pictureTime(number: number): number {
  return (number * 1000) / PICTURES_PER_SECOND;
}

/** A picture by its number, counted from 1970; every 30th is a keyframe. */
export function pictureOf({ pictures, codec, stream }: StreamSource, number: number): VideoFrame {
  return {
    kind: 'video',
    codec,
    keyframe: number % KEYFRAME_INTERVAL === 0,
    ...streamSizes[stream],
    timestamp: Math.floor(pictureTime(number)),
    data: at(pictures, number),
  };
}

/** Number of the first sound that begins at or after a time (ms since 1970 UTC). */
export function soundNumberAt(time: number): number {
  return Math.ceil(time / AUDIO_FRAME_DURATION);
}

/** 40 ms of sound by its number, counted from 1970. */
export function soundOf({ sounds }: StreamSource, number: number): AudioFrame {
  return { kind: 'audio', codec: 'pcmu', timestamp: number * AUDIO_FRAME_DURATION, data: at(sounds, number) };
}

/** The item of a list that repeats for ever. */
function at(list: readonly Buffer[], number: number): Buffer {
  return list[number % list.length] ?? Buffer.alloc(0);
}
