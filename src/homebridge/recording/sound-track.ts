import { type Clock, within } from '../../shared/index.js';
import { AAC_FRAME, AdtsReader, MU_LAW_SILENCE, SILENT_AAC_FRAME } from '../../shared/codec/index.js';
import { type Child, type ChildOwner, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { JITTER, SAMPLES_PER_MS } from '../live/audio-timeline.js';

/** No gap that is longer is filled, ms: a recording has ended by then. */
const LONGEST_GAP = 60_000;
/** Sound that ffmpeg holds back, ms: a block of its input, and what the encoder looks ahead. */
const LAG = 500;
/** ms that sound may come later than its pictures; after that there is silence. */
const LATE = 1000;
/** ms that ffmpeg may take; after that there is silence. */
const ENCODER_LIMIT = 3000;

export interface SoundTrackOptions {
  readonly ffmpeg: Ffmpeg;
  /** The camera: its processes are counted. */
  readonly owner: ChildOwner;
  /** Hz */
  readonly sampleRate: number;
  /** kbit/s */
  readonly bitrate: number;
  readonly clock: Clock;
  /** The recording goes on in silence. */
  readonly onFailure: (reason: string) => void;
}

/** Frames of AAC, and the sample at which they begin. */
export interface SoundOfFragment {
  readonly time: number;
  readonly frames: readonly Buffer[];
}

/**
 * The sound of one recording as AAC-LC, frame by frame on the recording's own timeline. Where the camera gives none, or
 * none can be encoded, the frames are silent; a process runs only once there is something to hear.
 */
export class SoundTrack {
  readonly #options: SoundTrackOptions;
  #child: Child | undefined;
  #failed = false;
  #closed = false;
  /** Frames handed out. */
  #count = 0;
  /** Frames that wait. */
  #ready: Buffer[] = [];
  /** Media time up to which the encoder has got samples, ms. */
  #end = 0;
  #wake: () => void = () => undefined;

  constructor(options: SoundTrackOptions) {
    this.#options = options;
  }

  /** @param samples µ-law, 8 kHz  @param time of the first, ms of media time */
  write(samples: Buffer, time: number): void {
    if (this.#failed || this.#closed) return;
    if (!this.#child) {
      // What came before the first picture.
      if (time + samples.length / SAMPLES_PER_MS <= this.#position) return;
      this.#child = this.#start();
      this.#end = this.#position;
    }
    const gap = time - this.#end;
    if (gap > JITTER)
      this.#append(Buffer.alloc(Math.round(Math.min(gap, LONGEST_GAP) * SAMPLES_PER_MS), MU_LAW_SILENCE));
    this.#append(gap < -JITTER ? samples.subarray(Math.round(-gap * SAMPLES_PER_MS)) : samples);
  }

  /**
   * The frames up to a media time (ms), which may need a moment.
   *
   * @param isLast no more sound will come
   */
  async upTo(time: number, isLast: boolean): Promise<SoundOfFragment> {
    const wanted = Math.max(0, Math.round((time * this.#options.sampleRate) / 1000 / AAC_FRAME) - this.#count);
    if (this.#child && !isLast) await this.#until(LATE, () => this.#end >= time + LAG);
    if (this.#child) {
      // It gives frames away only when it has the samples after them.
      this.#fill(time + LAG);
      await this.#until(ENCODER_LIMIT, () => this.#ready.length >= wanted);
      if (this.#ready.length < wanted) this.#fail('ffmpeg is too slow');
    }
    const heard = this.#ready.splice(0, wanted);
    const silent = Array.from({ length: wanted - heard.length }, () => SILENT_AAC_FRAME);
    const first = this.#count * AAC_FRAME;
    this.#count += wanted;
    return { time: first, frames: [...heard, ...silent] };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#child?.stop();
  }

  /** Media time at which the next frame begins, ms. */
  get #position(): number {
    return (this.#count * AAC_FRAME * 1000) / this.#options.sampleRate;
  }

  #start(): Child {
    const { ffmpeg, owner, sampleRate, bitrate } = this.#options;
    const child = startFfmpeg(ffmpeg, 'sound', soundArguments(sampleRate, bitrate), owner);
    const reader = new AdtsReader();
    let isFirst = true;
    child.read((bytes) => {
      for (const frame of reader.push(bytes)) {
        // The encoder begins with a frame of what was before the first sample.
        if (!isFirst) this.#ready.push(frame);
        isFirst = false;
      }
      this.#wake();
    });
    void child.exited.then(({ complaint }) => this.#fail(complaint || 'ffmpeg ended'));
    return child;
  }

  #append(samples: Buffer): void {
    if (samples.length === 0) return;
    if (this.#child?.write(samples) === false) this.#fail('ffmpeg does not take the sound');
    this.#end += samples.length / SAMPLES_PER_MS;
    this.#wake();
  }

  #fill(time: number): void {
    if (time > this.#end) this.#append(Buffer.alloc(Math.ceil((time - this.#end) * SAMPLES_PER_MS), MU_LAW_SILENCE));
  }

  /** Waits for a fact, no longer than that many ms. */
  async #until(limit: number, isSo: () => boolean): Promise<void> {
    const { clock } = this.#options;
    const become = async (signal: AbortSignal) => {
      while (!isSo() && !this.#failed && !this.#closed && !signal.aborted) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    };
    await within(clock, limit, become, () => this.#wake());
  }

  #fail(reason: string): void {
    if (this.#failed || this.#closed) return;
    this.#failed = true;
    this.#wake();
    void this.#child?.stop();
    this.#child = undefined;
    this.#options.onFailure(reason);
  }
}

/** µ-law on stdin, AAC-LC in ADTS on stdout, frame by frame. ffmpeg's own encoder: every build has it. */
function soundArguments(sampleRate: number, bitrate: number): string[] {
  return [
    ...['-probesize', '32', '-analyzeduration', '0', '-f', 'mulaw', '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-vn'],
    ...['-c:a', 'aac', '-profile:a', 'aac_low', '-ar', `${sampleRate}`, '-ac', '1', '-b:a', `${bitrate}k`],
    ...['-flush_packets', '1', '-f', 'adts', 'pipe:1'],
  ];
}
