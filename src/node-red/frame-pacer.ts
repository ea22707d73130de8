import type { Frame } from '../shared/index.js';

/** Which frames go on. */
export interface PaceOptions {
  /** Pictures a second at most; `undefined`: all of them. */
  readonly fps?: number | undefined;
  readonly keyframesOnly?: boolean | undefined;
  readonly sound?: boolean | undefined;
}

/**
 * Lets through so many pictures a second, always the newest that can be decoded: after one that was left out, none that
 * needs it. What is left out is counted.
 */
export class FramePacer {
  readonly #options: PaceOptions;
  /** When the next picture is due, ms: networks deliver some early, and others late. */
  #due: number | undefined;
  #broken = false;
  #dropped = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Pictures that were left out because they came too fast. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param now `Clock.now()`, ms */
  passes(frame: Frame, now: number): boolean {
    const { fps, keyframesOnly = false, sound = false } = this.#options;
    if (frame.kind === 'audio') return sound;
    if (keyframesOnly && !frame.keyframe) return false;
    const interval = fps === undefined ? 0 : 1000 / fps;
    const due = this.#due ?? now;
    const isEarly = now < due - interval / 2;
    if (isEarly || (this.#broken && !frame.keyframe)) {
      this.#dropped += 1;
      this.#broken = true;
      return false;
    }
    this.#due = (now - due < interval ? due : now) + interval;
    this.#broken = false;
    return true;
  }
}
