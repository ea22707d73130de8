import type { Frame } from '../codec/frame.js';
import type { Direction } from './playback-course.js';

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
  #gap = true;

  constructor(direction: Direction, delivered: Delivered) {
    this.direction = direction;
    this.#delivered = delivered;
  }

  /** Nothing was repeated so far: something may be missing between the connections. */
  get gap(): boolean {
    return this.#gap;
  }

  repeats({ kind, timestamp }: Frame): boolean {
    const last = this.#delivered[kind];
    const repeated = this.direction === 'backward' ? timestamp >= last : timestamp <= last;
    if (repeated) this.#gap = false;
    return repeated;
  }
}
