import type { LiveSound } from '../../../shared/index.js';
import { SILENT_AAC_FRAME } from '../../../shared/codec/index.js';

/** Hz of the AAC; a frame of it is 64 ms. */
export const SOUND_RATE = 16_000;
/** bit/s */
export const SOUND_BITRATE = 32_000;
/** Frames that are there before sound is heard: ffmpeg gives away some at a time. */
const BEGIN = 4;
/** Frames that wait at most. */
const MOST = 12;

/**
 * The sound of one viewer. It follows the pictures, and nothing waits for it: what has not come in time is silence, and of
 * what waits for too long the newest is heard. So it is some 0.3 s behind the lips, and never holds up a picture.
 */
export class SoundQueue implements LiveSound {
  readonly audio = { sampleRate: SOUND_RATE, bitrate: SOUND_BITRATE };
  #frames: Buffer[] = [];
  #isHeard = false;

  /** @param frame AAC-LC, one channel */
  put(frame: Buffer): void {
    this.#frames.push(frame);
    if (this.#frames.length > MOST) this.#frames.splice(0, this.#frames.length - BEGIN);
    if (this.#frames.length >= BEGIN) this.#isHeard = true;
  }

  take(count: number): readonly Buffer[] {
    const heard = this.#isHeard ? this.#frames.splice(0, count) : [];
    if (heard.length < count) this.#isHeard = false;
    return [...heard, ...Array.from({ length: count - heard.length }, () => SILENT_AAC_FRAME)];
  }
}
