import { say } from '../shared/internal.js';
import { bad, good, type SaidFinding, skipped, warning } from './finding.js';
import type { StreamFacts } from './media.js';

/** What HomeKit's live view hangs on. */
export interface HomeKitFacts {
  readonly streams: readonly StreamFacts[];
  /** Of the ffmpeg on this machine; `undefined` where there is none. */
  readonly encoders: ReadonlySet<string> | undefined;
}

/** Largest picture that a phone asks for. */
const LARGEST = 1920 * 1080;
/** s; with fewer keyframes live view starts late, and HomeKit's own recordings want one every 4 s. */
const LONGEST_GROUP = 4;

/** Whether cameras of this NVR will do well in Apple Home. */
export function judgeHomeKit({ streams, encoders }: HomeKitFacts): SaidFinding {
  const check = 'HomeKit';
  if (streams.length === 0) return skipped(check, say`cannot be told without live pictures`);
  const copied = streams.filter(({ codec, width, height }) => codec === 'h264' && width * height <= LARGEST);
  const has = (name: string) => encoders?.has(name) === true;
  if (copied.length === 0 && !has('libx264')) {
    const remedy = say`Set the camera to H.264 (its sub stream will do), or install an ffmpeg with libx264.`;
    return bad(check, say`no stream is H.264 of 1920x1080 at most, and no ffmpeg can make it`, remedy);
  }
  if (copied.length === 0) {
    return warning(
      check,
      say`live view has to be transcoded, which costs a core per viewer`,
      say`Set the sub stream of the camera to H.264.`,
    );
  }
  const slow = copied.find(({ keyframes }) => keyframes !== undefined && keyframes > LONGEST_GROUP);
  if (slow) {
    return warning(
      check,
      say`the ${slow.stream} stream has a keyframe every ${slow.keyframes ?? ''} s only`,
      say`Set its I-frame interval to 2 s or less.`,
    );
  }
  if (streams.some(({ sound }) => sound) && !has('libfdk_aac') && !has('libopus')) {
    return warning(
      check,
      say`pictures are passed on as they are; sound needs an ffmpeg with libopus or libfdk_aac`,
      say`Install ffmpeg.`,
    );
  }
  const [one, two] = copied.map(({ stream }) => stream);
  if (one === undefined || two === undefined) {
    return good(check, say`ready: the ${one ?? ''} stream is passed on as it is`);
  }
  return good(check, say`ready: the ${one} and ${two} streams are passed on as they are`);
}
