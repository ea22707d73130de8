import type { Frame, VideoFrame } from '../codec/frame.js';
import { nalUnitsOf, picture } from '../codec/picture.js';
import type { LimitCounters } from '../limit-counters.js';
import { type LimitName, limits } from '../limits.js';
import type { Logger } from '../logger.js';
import { type FrameFaults, type FrameReading, FrameReassembler, noFaults } from './frame-reassembler.js';
import { KeyframeCompleter } from './keyframe-completer.js';

/** @param decodable what it needs came whole: no picture was lost or damaged since the newest keyframe */
export type FrameReceiver = (frame: Frame, decodable: boolean) => void;

/** Makes frames that can be used of the messages of a socket; what is odd about them is logged once. */
export class FrameIntake {
  readonly #name: string;
  readonly #logger: Logger;
  readonly #limits: LimitCounters;
  #reassembler: FrameReassembler;
  #completer: KeyframeCompleter;
  /** A keyframe came on this connection. */
  #started = false;
  /** Every picture since the newest keyframe came whole. */
  #intact = false;
  #toldMalformed = false;
  #toldUnknown = false;

  /** @param name for messages */
  constructor(name: string, { logger, limits }: { readonly logger: Logger; readonly limits: LimitCounters }) {
    this.#name = name;
    this.#logger = logger;
    this.#limits = limits;
    this.#reassembler = this.#newReassembler();
    this.#completer = this.#newCompleter();
  }

  /** How the NVR writes frames, as far as the current connection shows. */
  get reading(): FrameReading {
    return this.#reassembler.reading;
  }

  /** What was passed over on the current connection. */
  get faults(): FrameFaults {
    return this.#reassembler.faults;
  }

  /** A new connection begins. */
  begin(): void {
    this.#reassembler = this.#newReassembler();
    this.#completer = this.#newCompleter();
    this.#started = this.#intact = false;
  }

  /**
   * Hands on the frames that this message completes, from the first keyframe of the connection on.
   *
   * @returns whether there was a frame in it that makes sense, handed on or not
   */
  take(message: Buffer, receive: FrameReceiver): boolean {
    let understood = false;
    for (const { frame: raw, afterLoss } of this.#reassembler.push(message)) {
      if (afterLoss) this.#intact = false;
      const frame = raw.kind === 'video' ? picture(raw) : raw;
      if (frame.kind === 'video' && !this.#isReadable(frame)) {
        this.faults.unreadable += 1;
        this.#intact = false;
        continue;
      }
      understood = true;
      const completed = this.#completer.complete(frame);
      if (completed) this.#handOn(completed, receive);
    }
    this.#complainOnce();
    return understood;
  }

  #handOn(frame: Frame, receive: FrameReceiver): void {
    if (frame.kind === 'video' && frame.keyframe) this.#started = this.#intact = true;
    // What comes before cannot be decoded.
    if (!this.#started) return;
    const decodable = frame.kind === 'audio' || this.#intact;
    if (!decodable) this.faults.withheld += 1;
    receive(frame, decodable);
  }

  /** An empty frame is no picture, but no damage either. */
  #isReadable(frame: VideoFrame): boolean {
    const nals = nalUnitsOf(frame);
    if (nals.length === 0 && nals.whole) return frame.data.length === 0;
    if (nals.stray > limits.picture.stray) this.#hit('picture.stray', 'the picture is passed over');
    else if (!nals.whole) this.#hit('picture.nals', 'the picture is passed over');
    else if (nals.parameterSets > limits.picture.parameterSets) {
      this.#hit('picture.parameterSets', 'the picture is passed over');
    } else return true;
    return false;
  }

  #newReassembler(): FrameReassembler {
    return new FrameReassembler(noFaults(), (limit, what) => this.#hit(limit, what));
  }

  #newCompleter(): KeyframeCompleter {
    return new KeyframeCompleter((limit, what) => this.#hit(limit, what));
  }

  #hit(limit: LimitName, what: string): void {
    this.#limits.hit(limit, this.#name, what);
  }

  #complainOnce(): void {
    const { strayBytes, oversized, truncated, unreadable, unknownTypes } = this.faults;
    if (!this.#toldMalformed && strayBytes + oversized + truncated + unreadable > 0) {
      this.#toldMalformed = true;
      this.#logger.warn(
        `${this.#name}: malformed frames are passed over (${strayBytes} stray bytes, ${oversized} oversized, ` +
          `${truncated} truncated, ${unreadable} unreadable so far), and the pictures that need them`,
      );
    }
    // A type that the document does not name is no damage.
    if (!this.#toldUnknown && unknownTypes > 0) {
      this.#toldUnknown = true;
      this.#logger.debug(`${this.#name}: frames of unknown type are passed over`);
    }
  }
}
