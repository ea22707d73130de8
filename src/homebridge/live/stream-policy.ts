import type { StreamName, VideoFrame } from '../../shared/index.js';
import { h264Demands } from '../../shared/codec/index.js';

/** What HomeKit asks for with START or RECONFIGURE. */
export interface VideoWish {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Pictures per second. */
  readonly fps: number;
  /** kbit/s */
  readonly bitrate: number;
}

/** Watches and remote viewers ask for this width or less: the sub stream is made for them. Pixels. */
const SUB_STREAM_WIDTH = 640;
/**
 * A connection that cannot take even this gets the sub stream whatever the size. kbit/s. Not higher: phones ask for
 * 299 at home too, where the main stream passes easily.
 */
const STARVED_BITRATE = 200;

/** The NVR's stream that comes closest to what HomeKit asks for. */
export function streamFor(wish: VideoWish): StreamName {
  return wish.width <= SUB_STREAM_WIDTH || wish.bitrate < STARVED_BITRATE ? 'sub' : 'main';
}

/** `copy`: packets as they are. `transcode`: through ffmpeg. `unshowable`: nothing that we have makes it fit. */
export type VideoPlan = 'copy' | 'transcode' | 'unshowable';

/** Baseline, main and high: all that HomeKit negotiates. */
const HOMEKIT_PROFILES = new Set([66, 77, 100]);
/** Level 4.0 */
const HOMEKIT_LEVEL = 40;

/**
 * The one place that decides what becomes of a stream's video.
 * @param keyframe where the stream starts, with its parameter sets
 */
export function videoPlan(keyframe: Pick<VideoFrame, 'codec' | 'data'>, canTranscode: boolean): VideoPlan {
  if (keyframe.codec === 'h264') {
    const demands = h264Demands(keyframe.data);
    const fits = !demands || (HOMEKIT_PROFILES.has(demands.profile) && demands.level <= HOMEKIT_LEVEL);
    // Beyond what was negotiated most Apple devices still show it: better than nothing.
    return fits || !canTranscode ? 'copy' : 'transcode';
  }
  return canTranscode ? 'transcode' : 'unshowable';
}
