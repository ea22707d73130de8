import type { AudioFrame, VideoFrame } from '../../../../src/shared/codec/frame.js';
import { pictureNumberAt, pictureOf, soundNumberAt, soundOf, type StreamSource } from '../live/frames.js';
import { KEYFRAME_INTERVAL, PICTURES_PER_SECOND } from '../live/loop.js';
import type { Recorded, Recordings } from '../nvr/recordings.js';

/** s from one keyframe to the next */
const KEYFRAME_SECONDS = KEYFRAME_INTERVAL / PICTURES_PER_SECOND;

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

/** The frames of that footage in order of time, sound before the picture of the same moment. */
export function* framesOf(source: StreamSource, footage: readonly Recorded[]): Generator<VideoFrame | AudioFrame> {
  for (const { from, to } of footage) {
    for (let second = from; second < to; second++) yield* framesIn(source, second);
  }
}

/** One second of frames; pictures and sounds both begin with it. */
function* framesIn(source: StreamSource, second: number): Generator<VideoFrame | AudioFrame> {
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
export function videoSize(source: StreamSource, stretches: readonly Recorded[]): number {
  let size = 0;
  for (const { from, to } of stretches) {
    for (let picture = pictureNumberAt(from * 1000); picture < pictureNumberAt(to * 1000); picture++) {
      size += pictureOf(source, picture).data.length;
    }
  }
  return size;
}
