import type { VideoCodec } from '../../shared/index.js';
import { FLV_TO_PIPE, hardwareArguments, type HardwareEncoder } from '../../shared/ffmpeg/index.js';
import type { Preset } from './running-encoders.js';
import type { VideoWish } from './stream-policy.js';

export interface TranscodeSettings extends VideoWish {
  /** profile_idc that HomeKit chose: 66, 77 or 100. */
  readonly profile: number;
  /** Default: `veryfast`. */
  readonly preset?: Preset;
  /** It encodes. Default: software does. */
  readonly hardware?: HardwareEncoder | undefined;
}

export interface TranscodeSource {
  readonly codec: VideoCodec;
  /** Pictures per second, about: it spreads the bits over time. */
  readonly fps: number;
  /** Pictures to decode before the first that is shown: those of the past. */
  readonly past: number;
  /** Filters for the time in the corner of a picture of the past (`cornerClock`). Default: none */
  readonly corner?: readonly string[];
}

const PROFILE_NAMES: Readonly<Record<number, string>> = { 66: 'baseline', 77: 'main', 100: 'high' };
/** s. A phone that lost pictures, or joins late, waits no longer than this. */
const KEYFRAME_INTERVAL = 2;

/**
 * ffmpeg arguments: elementary stream on stdin, H.264 in FLV on stdout. Every input picture is numbered by a made-up
 * constant rate, so that the time of an output picture tells which input it was (see `pictureNumber`).
 */
export function transcodeArguments(source: TranscodeSource, settings: TranscodeSettings): string[] {
  const { codec, fps, past, corner = [] } = source;
  const outputFps = Math.min(fps, settings.fps);
  const { hardware } = settings;
  const filters = [`select=gte(n\\,${past})`, scaleInto(settings), ...corner, ...(hardware ? [hardware.intake] : [])];
  return [
    ...(hardware?.device ?? []),
    // Frame threads would hold pictures back.
    ...['-flags', 'low_delay', '-threads', '1'],
    ...inputArguments(codec, fps),
    ...['-vf', filters.join(',')],
    ...(outputFps < fps ? ['-r', `${outputFps}`] : []),
    ...(hardware ? hardwareArguments(hardware, settings) : encoderArguments(settings)),
    ...['-g', `${outputFps * KEYFRAME_INTERVAL}`],
    ...FLV_TO_PIPE,
  ];
}

/** An elementary stream on stdin, taken up at once, its pictures numbered by this rate. */
export function inputArguments(codec: VideoCodec, fps: number): string[] {
  return [
    ...['-probesize', '32', '-analyzeduration', '0', '-r', `${fps}`],
    ...['-f', codec === 'h265' ? 'hevc' : 'h264', '-i', 'pipe:0', '-an'],
  ];
}

/** A filter: not larger than this nor than the source, in its own shape, even sides. */
export function scaleInto({ width, height }: Pick<VideoWish, 'width' | 'height'>): string {
  const factor = `min(1,min(${width}/iw,${height}/ih))`;
  // Averaging costs half of what the usual bicubic filter does, and where pictures only get smaller it looks as good.
  return `scale='trunc(iw*${factor}/2)*2':'trunc(ih*${factor}/2)*2':flags=area`;
}

/** H.264 as HomeKit takes it, picture by picture; the interval of keyframes is the caller's. */
export function encoderArguments({
  profile,
  bitrate,
  preset,
}: Pick<TranscodeSettings, 'profile' | 'bitrate' | 'preset'>): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', preset ?? 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-bf', '0'],
    ...['-profile:v', PROFILE_NAMES[profile] ?? 'main', '-level:v', '4.0'],
    ...['-b:v', `${bitrate}k`, '-maxrate', `${bitrate}k`, '-bufsize', `${bitrate}k`],
  ];
}

/** Which input picture, counted from 0, an output picture was made of. @param time ms, as FLV has it */
export function pictureNumber(time: number, fps: number): number {
  return Math.round((time * fps) / 1000);
}

/** Pictures per second [1…60] by the timestamps (ms) of consecutive pictures, or `fallback` where there are too few. */
export function measuredFps(timestamps: readonly number[], fallback: number): number {
  const span = (timestamps.at(-1) ?? 0) - (timestamps[0] ?? 0);
  const fps = timestamps.length > 1 && span > 0 ? ((timestamps.length - 1) * 1000) / span : fallback;
  return Math.max(1, Math.min(60, Math.round(fps)));
}
