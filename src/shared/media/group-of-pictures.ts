import type { Frame, VideoFrame } from '../codec/frame.js';
import { type LimitName, limits } from '../limits.js';

/** Bytes that a frame takes where it is kept. */
export function sizeOf(frame: Frame): number {
  return frame.data.length + limits.feed.overhead;
}

/** The frames since the newest keyframe, so that a newcomer can start decoding at once. Bounded. */
export class GroupOfPictures {
  readonly #hit: (limit: LimitName) => void;
  #frames: Frame[] = [];
  #bytes = 0;
  #whole = false;

  /** @param hit is told when a group outgrows a limit */
  constructor(hit: (limit: LimitName) => void = () => undefined) {
    this.#hit = hit;
  }

  push(frame: Frame): void {
    if (frame.kind === 'video' && frame.keyframe) {
      this.clear();
      this.#whole = true;
    }
    if (!this.#whole) return;
    this.#frames.push(frame);
    this.#bytes += sizeOf(frame);
    // A group that outgrows its bounds is worth nothing with a hole in it: wait for the next keyframe.
    const tooLarge = this.#bytes > limits.feed.bytes;
    if (!tooLarge && this.#frames.length <= limits.feed.frames) return;
    this.#hit(tooLarge ? 'feed.bytes' : 'feed.frames');
    this.clear();
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
    this.#whole = false;
  }

  /** Bytes that the frames take. */
  get bytes(): number {
    return this.#bytes;
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
