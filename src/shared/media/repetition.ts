import type { Frame } from '../codec/frame.js';
import type { Direction } from './playback-course.js';

/** Frames: a minute of pictures and sound. More is no repetition, but a time that was wrong. */
const MAX_REPEATED = 60 * 80;

/** When the newest frames that were delivered were taken, ms since 1970 UTC. */
export interface Delivered {
  readonly video: number;
  readonly audio: number;
}

/**
 * Finds what a new connection repeats: it begins at a keyframe, in general before the frame at which the last one broke
 * off. What follows the repeated part can be decoded after what was delivered before.
 */
export class Repetition {
  readonly direction: Direction;
  readonly #delivered: Delivered;
  #repeated = 0;

  constructor(direction: Direction, delivered: Delivered) {
    this.direction = direction;
    this.#delivered = delivered;
  }

  /** Something may be missing between the connections: nothing was repeated, or nothing that can be told from the rest. */
  get gap(): boolean {
    return this.#repeated === 0 || this.#repeated >= MAX_REPEATED;
  }

  repeats({ kind, timestamp }: Frame): boolean {
    if (this.#repeated >= MAX_REPEATED) return false;
    const last = this.#delivered[kind];
    const repeated = this.direction === 'backward' ? timestamp >= last : timestamp <= last;
    if (repeated) this.#repeated += 1;
    return repeated;
  }
}
