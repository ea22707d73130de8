import { FLV_TO_PIPE } from '../../shared/ffmpeg/index.js';
import type { VideoCodec } from '../../shared/index.js';
import { encoderArguments, inputArguments, scaleInto } from '../live/transcode-arguments.js';
import type { Preset } from '../live/running-encoders.js';
import type { RecordingSettings } from './recording-settings.js';

export interface EncodedSource {
  readonly codec: VideoCodec;
  /** Pictures per second. */
  readonly fps: number;
  readonly upright: boolean;
  /** Default: `veryfast`. */
  readonly preset?: Preset;
}

/**
 * Elementary stream on stdin, H.264 in FLV on stdout, keyframes at the interval that HomeKit chose. The time of an
 * output picture tells by its made-up constant rate which input it was (see `pictureNumber`).
 */
export function recordingArguments(source: EncodedSource, settings: RecordingSettings): string[] {
  const { codec, fps, upright, preset } = source;
  const { width, height, keyframeInterval } = settings;
  const outputFps = Math.min(fps, settings.fps);
  const interval = Math.max(1, Math.floor((outputFps * keyframeInterval) / 1000));
  const scale = scaleInto(settings);
  // Hubs take other sizes than the chosen one, but no upright picture where a wide one was chosen.
  const filter = upright && width > height ? `${scale},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2` : scale;
  return [
    ...inputArguments(codec, fps),
    ...['-vf', filter],
    ...(outputFps < fps ? ['-r', `${outputFps}`] : []),
    ...encoderArguments({ ...settings, ...(preset && { preset }) }),
    ...['-g', `${interval}`, '-keyint_min', `${interval}`, '-sc_threshold', '0'],
    ...FLV_TO_PIPE,
  ];
}
