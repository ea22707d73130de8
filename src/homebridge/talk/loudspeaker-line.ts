import { type Clock, ClosedError, type Talk, type Timer } from '../../shared/index.js';
import { MU_LAW_SILENCE } from '../../shared/codec/index.js';
import type { VolumeControl } from '../live/volume-control.js';

/** One frame of µ-law at 8 kHz: 20 ms. ms, bytes */
const FRAME_TIME = 20;
const FRAME = 160;
const SILENCE = Buffer.alloc(FRAME, MU_LAW_SILENCE);
/**
 * What precedes the first sound: a word may begin so softly that it is not noticed. It also is the reserve from which
 * the loudspeaker plays while a packet is late. Frames: 60 ms.
 */
const LEAD = 3;
/** ms of sound that is under way, from which on pauses are shortened until it is less. */
const LATE = 160;
/**
 * ms of sound that may be under way. More than that is left out: who talks waits for an answer. The first words come at once
 * when ffmpeg has started, which takes most of a second where the machine is small or busy.
 */
const TOO_LATE = 1000;
/** ms without any sound after which the line is given up: somebody else may want to talk there. */
const HANG_UP = 5000;
/** ms between two attempts to get through. */
const PAUSE = 3000;
/** A line that is closed so soon was never meant to be open, ms. */
const REFUSED_WITHIN = 1000;
/** Steps of µ-law around zero that are silence: −54 dB. A room with a microphone in it is louder. */
const SILENT_STEPS = 8;

export interface LoudspeakerLineOptions {
  /** Opens the way to the camera. */
  readonly open: (signal: AbortSignal) => Promise<Talk>;
  /** How loud it is there. */
  readonly speaker: VolumeControl;
  readonly clock: Clock;
  /** Nobody hears it. `refused`: the line could not be opened, or was closed at once; else it was lost. */
  readonly onLost: (error: Error, refused: boolean) => void;
}

/**
 * The way of a phone's sound to the camera's loudspeaker: open while there is something to hear, so that phones that
 * only listen keep nobody else from talking; in time, whatever the clocks of phone and machine do.
 */
export class LoudspeakerLine {
  readonly #options: LoudspeakerLineOptions;
  readonly #end = new AbortController();
  #rest: Buffer = Buffer.alloc(0);
  #state: 'idle' | 'opening' | Talk = 'idle';
  /** Frames before the line is open. */
  #waiting: Buffer[] = [];
  #opened = 0;
  /** When all that was sent will have been heard, ms. */
  #heard = 0;
  /** When there was something to hear the last time, ms. */
  #loud = -Infinity;
  #retryAt = -Infinity;
  #timer: Timer | undefined;

  constructor(options: LoudspeakerLineOptions) {
    this.#options = options;
  }

  /** @param samples µ-law, 8 kHz, from now on */
  write(samples: Buffer): void {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, samples]) : samples;
    let at = 0;
    for (; at + FRAME <= all.length; at += FRAME) this.#take(all.subarray(at, at + FRAME));
    this.#rest = Buffer.from(all.subarray(at));
  }

  /** At once: what is under way is not waited for. */
  close(): void {
    this.#timer?.cancel();
    this.#waiting = [];
    this.#end.abort(new ClosedError('the live view has ended'));
    if (typeof this.#state !== 'string') this.#state.close();
    this.#state = 'idle';
  }

  #take(said: Buffer): void {
    const { clock, speaker } = this.#options;
    if (this.#end.signal.aborted) return;
    // What was said while it was muted is never heard, also not as the lead of what follows.
    const frame = speaker.apply(said);
    const isLoud = !speaker.silent && isAudible(said);
    const now = clock.now();
    if (isLoud) this.#loud = now;
    if (typeof this.#state !== 'string') return this.#play(this.#state, frame, isLoud);
    this.#waiting.push(frame);
    const kept = this.#state === 'idle' ? LEAD + Number(isLoud) : TOO_LATE / FRAME_TIME;
    if (this.#waiting.length > kept) this.#waiting.shift();
    if (isLoud && this.#state === 'idle' && now >= this.#retryAt) this.#open();
  }

  #open(): void {
    const { open, clock } = this.#options;
    this.#state = 'opening';
    while (this.#waiting.length <= LEAD) this.#waiting.unshift(SILENCE);
    open(this.#end.signal).then(
      (talk) => {
        if (this.#end.signal.aborted) return talk.close();
        this.#state = talk;
        this.#opened = this.#heard = clock.now();
        this.#watch(HANG_UP);
        for (const frame of this.#waiting.splice(0)) this.#play(talk, frame, true);
      },
      (error: unknown) => {
        if (!this.#end.signal.aborted) this.#lose(error as Error, true);
      },
    );
  }

  #play(talk: Talk, frame: Buffer, isLoud: boolean): void {
    const ahead = this.#heard - this.#options.clock.now();
    if (ahead < 0) {
      // The loudspeaker has run dry. From now on it has a reserve.
      this.#heard -= ahead;
      for (let count = 0; count < LEAD; count += 1) this.#send(talk, SILENCE);
    }
    if (ahead > (isLoud ? TOO_LATE : LATE)) return;
    this.#send(talk, frame);
  }

  #send(talk: Talk, frame: Buffer): void {
    this.#heard += FRAME_TIME;
    talk.write(frame).catch((error: unknown) => {
      if (this.#state === talk) this.#lose(error as Error, this.#options.clock.now() - this.#opened < REFUSED_WITHIN);
    });
  }

  #lose(error: Error, refused: boolean): void {
    this.#hangUp();
    this.#retryAt = this.#options.clock.now() + PAUSE;
    this.#options.onLost(error, refused);
  }

  #watch(ms: number): void {
    const { clock } = this.#options;
    this.#timer = clock.after(ms, () => {
      const left = this.#loud + HANG_UP - clock.now();
      if (left > 0) this.#watch(left);
      else this.#hangUp();
    });
  }

  #hangUp(): void {
    this.#timer?.cancel();
    if (typeof this.#state !== 'string') this.#state.close();
    this.#state = 'idle';
    this.#waiting = [];
  }
}

function isAudible(frame: Buffer): boolean {
  // The bits of µ-law are inverted, and the highest is the sign.
  return frame.some((sample) => (~sample & 0x7f) > SILENT_STEPS);
}
