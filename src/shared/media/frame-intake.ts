import type { Logger } from '../logger.js';
import type { Frame } from '../codec/frame.js';
import { picture } from '../codec/picture.js';
import { type FrameFaults, type FrameReading, FrameReassembler } from './frame-reassembler.js';
import { KeyframeCompleter } from './keyframe-completer.js';

/** Makes frames that can be used of the messages of a socket; what is odd about them is logged once. */
export class FrameIntake {
  readonly #name: string;
  readonly #logger: Logger;
  #reassembler = new FrameReassembler();
  #completer = new KeyframeCompleter();
  #started = false;
  #toldMalformed = false;
  #toldUnknown = false;

  /** @param name for messages */
  constructor(name: string, logger: Logger) {
    this.#name = name;
    this.#logger = logger;
  }

  /** How the NVR writes frames, as far as the current connection shows. */
  get reading(): FrameReading {
    return this.#reassembler.reading;
  }

  /** What was passed over on the current connection. */
  get faults(): Readonly<FrameFaults> {
    return this.#reassembler.faults;
  }

  /** A new connection begins. */
  begin(): void {
    this.#reassembler = new FrameReassembler();
    this.#completer = new KeyframeCompleter();
    this.#started = false;
  }

  /** The frames that this message completes, from the first keyframe of the connection on. */
  take(message: Buffer): Frame[] {
    const frames: Frame[] = [];
    for (const raw of this.#reassembler.push(message)) {
      const frame = this.#completer.complete(raw.kind === 'video' ? picture(raw) : raw);
      if (!frame) continue;
      this.#started ||= frame.kind === 'video' && frame.keyframe;
      // What comes before cannot be decoded.
      if (this.#started) frames.push(frame);
    }
    this.#complainOnce();
    return frames;
  }

  #complainOnce(): void {
    const { strayBytes, oversized, truncated, unknownTypes } = this.#reassembler.faults;
    if (!this.#toldMalformed && strayBytes + oversized + truncated > 0) {
      this.#toldMalformed = true;
      this.#logger.warn(
        `${this.#name}: malformed frames are passed over (${strayBytes} stray bytes, ` +
          `${oversized} oversized, ${truncated} truncated so far)`,
      );
    }
    // A type that the document does not name is no damage.
    if (!this.#toldUnknown && unknownTypes > 0) {
      this.#toldUnknown = true;
      this.#logger.debug(`${this.#name}: frames of unknown type are passed over`);
    }
  }
}
