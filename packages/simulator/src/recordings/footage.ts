import type { AudioFrame, VideoFrame } from '../../../../src/shared/codec/frame.js';
import { pictureNumberAt, pictureOf, soundNumberAt, soundOf, type StreamSource } from '../live/frames.js';
import { KEYFRAME_INTERVAL, PICTURES, PICTURES_PER_SECOND } from '../live/loop.js';
import type { Recorded, Recordings } from '../nvr/recordings.js';

/** s from one keyframe to the next */
const KEYFRAME_SECONDS = KEYFRAME_INTERVAL / PICTURES_PER_SECOND;

/** s after which pictures and sounds repeat */
const LOOP_SECONDS = PICTURES / PICTURES_PER_SECOND;

/**
 * What a clip of a range (s since 1970 UTC, `to` not included) holds: the recorded stretches in it, each from a keyframe
 * on. The first one therefore begins up to 2 s early, where that is recorded.
 */
export function footageOf(recordings: Recordings, channel: number, from: number, to: number): readonly Recorded[] {
  return recordings
    .within(channel, from - (from % KEYFRAME_SECONDS), to)
    .map((stretch) => ({ from: Math.ceil(stretch.from / KEYFRAME_SECONDS) * KEYFRAME_SECONDS, to: stretch.to }))
    .filter((stretch) => stretch.from < stretch.to);
}

export type Frame = VideoFrame | AudioFrame;

/**
 * What a stream shows and sounds, second by second, until it begins again: the frames in order of time, sound before the
 * picture of the same moment.
 */
export function loopOf(source: StreamSource): readonly (readonly Frame[])[] {
  return Array.from({ length: LOOP_SECONDS }, (_, second) => [...framesIn(source, second)]);
}

/** The seconds of that footage, one after the other, each as it is in the loop. */
export function* secondsOf<Second>(loop: readonly Second[], footage: readonly Recorded[]): Generator<Second> {
  for (const { from, to } of footage) {
    for (let second = from; second < to; second++) {
      const shown = loop[second % loop.length];
      if (shown !== undefined) yield shown;
    }
  }
}

/** One second of frames; pictures and sounds both begin with it. */
function* framesIn(source: StreamSource, second: number): Generator<Frame> {
  const [start, end] = [second * 1000, (second + 1) * 1000];
  let sound = soundNumberAt(start);
  const lastSound = soundNumberAt(end);
  for (let picture = pictureNumberAt(start); picture < pictureNumberAt(end); picture++) {
    const shown = pictureOf(source, picture);
    while (sound < lastSound && soundOf(source, sound).timestamp <= shown.timestamp) yield soundOf(source, sound++);
    yield shown;
  }
  while (sound < lastSound) yield soundOf(source, sound++);
}

/** Bytes of video in recorded time. */
export function videoSize({ pictures }: StreamSource, stretches: readonly Recorded[]): number {
  const loop = sizeOf(pictures);
  return stretches.reduce((size, { from, to }) => {
    const first = pictureNumberAt(from * 1000);
    const count = pictureNumberAt(to * 1000) - first;
    const begin = first % pictures.length;
    const rest = [...pictures, ...pictures].slice(begin, begin + (count % pictures.length));
    return size + Math.floor(count / pictures.length) * loop + sizeOf(rest);
  }, 0);
}

function sizeOf(pictures: readonly Buffer[]): number {
  return pictures.reduce((size, { length }) => size + length, 0);
}
