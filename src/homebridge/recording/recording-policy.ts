import type { VideoFrame } from '../../shared/index.js';
import { type VideoPlan, videoPlan } from '../live/stream-policy.js';

/** A keyframe interval may be longer than the fragment by this factor before it counts as too long. */
const TOLERANCE = 1.05;

export interface RecordingSource {
  readonly keyframe: Pick<VideoFrame, 'codec' | 'data'>;
  /** Pixels, as far as they are known. */
  readonly width: number;
  readonly height: number;
  /** The longest time between two keyframes that was seen, ms; `undefined` where none was. */
  readonly keyframeInterval: number | undefined;
}

export interface RecordingWish {
  readonly width: number;
  readonly height: number;
  /** ms */
  readonly fragment: number;
}

/**
 * What becomes of a camera's video in a recording. Copied wherever the hub takes it: another size than the chosen one is
 * no obstacle, but each fragment must begin with a keyframe and end in time, and an upright picture where a wide one was
 * chosen makes hubs stall without a word.
 */
export function recordingPlan(source: RecordingSource, wish: RecordingWish, canTranscode: boolean): VideoPlan {
  const plan = videoPlan(source.keyframe, canTranscode);
  if (plan !== 'copy' || !canTranscode) return plan;
  const isLate = (source.keyframeInterval ?? 0) > wish.fragment * TOLERANCE;
  return isLate || isUpright(source) !== isUpright(wish) ? 'transcode' : 'copy';
}

function isUpright({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return height > width;
}

/** ms of pictures that tell how many there are in a second, and so many pictures do at any rate: a clock may be set back. */
const [MEASURED, ENOUGH] = [1000, 60];

/** Whether pictures (their times in ms) tell how many there are in a second: an encoder counts its keyframes by that. */
export function tellRate(pictures: readonly { readonly timestamp: number }[]): boolean {
  const span = (pictures.at(-1)?.timestamp ?? 0) - (pictures[0]?.timestamp ?? 0);
  return span >= MEASURED || pictures.length >= ENOUGH;
}

/** The longest time between keyframes, by the times of pictures (ms). */
export function longestInterval(
  pictures: readonly { readonly keyframe: boolean; readonly timestamp: number }[],
): number | undefined {
  const begins = pictures.filter(({ keyframe }) => keyframe).map(({ timestamp }) => timestamp);
  const first = begins[0];
  if (first === undefined) return undefined;
  // The newest group has not ended: it is as long as it is, at least.
  const ends = [...begins.slice(1), pictures.at(-1)?.timestamp ?? first];
  return Math.max(...ends.map((end, index) => end - (begins[index] ?? end)));
}
