import type { Frame, VideoFrame } from '../codec/frame.js';

/** Bytes kept at most. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Frames kept at most: a minute of 30 pictures and 50 audio frames a second. */
const MAX_FRAMES = 60 * 80;

/** The frames since the newest keyframe, so that a newcomer can start decoding at once. Bounded. */
export class GroupOfPictures {
  #frames: Frame[] = [];
  #bytes = 0;
  #whole = false;

  push(frame: Frame): void {
    if (frame.kind === 'video' && frame.keyframe) {
      this.clear();
      this.#whole = true;
    }
    if (!this.#whole) return;
    this.#frames.push(frame);
    this.#bytes += frame.data.length;
    // A group that outgrows its bounds is worth nothing with a hole in it: wait for the next keyframe.
    if (this.#bytes > MAX_BYTES || this.#frames.length > MAX_FRAMES) this.clear();
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#whole = false;
  }

  /** Keyframe first; empty where none has come. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  get keyframe(): VideoFrame | undefined {
    const [first] = this.#frames;
    return first?.kind === 'video' ? first : undefined;
  }
}
