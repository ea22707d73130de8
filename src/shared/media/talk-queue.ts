import { MU_LAW_SILENCE } from '../codec/mu-law.js';

/** bytes: 20 ms at 8 kHz. */
export const TALK_FRAME_LENGTH = 160;

/** Sound that waits to be sent, cut into frames of 20 ms. */
export class TalkQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  /** bytes */
  get length(): number {
    return this.#length;
  }

  push(audio: Buffer): void {
    this.#chunks.push(audio);
    this.#length += audio.length;
  }

  /** 20 ms; with `fill` also what is less, filled up with silence. `undefined` where there is not enough. */
  take(fill: boolean): Buffer | undefined {
    if (this.#length < (fill ? 1 : TALK_FRAME_LENGTH)) return undefined;
    const frame = Buffer.alloc(TALK_FRAME_LENGTH, MU_LAW_SILENCE);
    for (let at = 0; at < frame.length;) {
      const [first] = this.#chunks;
      if (!first) break;
      const copied = first.copy(frame, at);
      at += copied;
      this.#length -= copied;
      if (copied < first.length) this.#chunks[0] = first.subarray(copied);
      else this.#chunks.shift();
    }
    return frame;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }
}
