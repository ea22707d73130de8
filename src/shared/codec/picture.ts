import { NalUnits } from './annex-b.js';
import type { VideoCodec, VideoFrame } from './frame.js';

/**
 * A video frame whose NAL units are found once, for all who ask {@link nalUnitsOf}: keyframes, viewers, recorders. A
 * copy with other data (`{ ...frame, data }`) is a plain frame again, so what was found never belongs to other bytes.
 */
class Picture implements VideoFrame {
  readonly kind = 'video';
  readonly codec: VideoCodec;
  readonly keyframe: boolean;
  readonly width: number;
  readonly height: number;
  readonly timestamp: number;
  readonly data: Buffer;
  readonly #nals: NalUnits;

  constructor({ codec, keyframe, width, height, timestamp, data }: VideoFrame, nals: NalUnits) {
    this.codec = codec;
    this.keyframe = keyframe;
    this.width = width;
    this.height = height;
    this.timestamp = timestamp;
    this.data = data;
    this.#nals = nals;
  }

  static nalsOf(frame: VideoFrame): NalUnits {
    return #nals in frame ? frame.#nals : new NalUnits(frame.codec, frame.data);
  }
}

/** The same frame, its NAL units found once. */
export function picture(frame: VideoFrame): VideoFrame {
  return frame instanceof Picture ? frame : new Picture(frame, new NalUnits(frame.codec, frame.data));
}

/** The same picture, called a keyframe or not. */
export function calledKeyframe(frame: VideoFrame, keyframe: boolean): VideoFrame {
  return frame.keyframe === keyframe ? frame : new Picture({ ...frame, keyframe }, Picture.nalsOf(frame));
}

/** The same picture at another time. @param timestamp ms since 1970 UTC */
export function datedPicture(frame: VideoFrame, timestamp: number): VideoFrame {
  return frame.timestamp === timestamp ? frame : new Picture({ ...frame, timestamp }, Picture.nalsOf(frame));
}

/** The NAL units of a frame; frames of feeds and playbacks know theirs already. */
export function nalUnitsOf(frame: VideoFrame): NalUnits {
  return Picture.nalsOf(frame);
}
