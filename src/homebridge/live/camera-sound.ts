import type { AudioFrame, Clock, StreamName } from '../../shared/index.js';
import type { LimitCounters } from '../../shared/internal.js';
import { MU_LAW_SILENCE } from '../../shared/codec/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { AudioEncoder, LEAD_TIME, type SoundPacket } from './audio-encoder.js';
import type { AudioSettings } from './audio-policy.js';
import { audioStep, duration } from './audio-timeline.js';
import { Leaving } from './leaving.js';
import { MediaTimeline } from './media-timeline.js';
import type { VolumeControl } from './volume-control.js';

/** ms between two encoders: sound whose times keep jumping is left out rather than encoded anew each time. */
const RESTART_PAUSE = 3000;

export interface CameraSoundOptions {
  readonly ffmpeg: Ffmpeg;
  readonly microphone: VolumeControl;
  readonly clock: Clock;
  /** Those of the camera's NVR. */
  readonly limits?: LimitCounters | undefined;
  /** The camera's name. */
  readonly name: string;
}

/** One encoder's sound, which begins anew with the next encoder. */
export interface SoundRun {
  /** When its first sample is heard, ms on the timeline of what {@link SoundShare.write} returns. */
  readonly start: number;
}

export interface SoundListener {
  /** Packets that leave together; their times count from the beginning of the run. */
  packets(packets: readonly SoundPacket[], run: SoundRun): void;
  /** There is no more sound. */
  failed(reason: string): void;
}

/** One viewer's part in an encoder. */
export interface SoundShare {
  /**
   * Each viewer writes what it hears; of one frame that all of them write, the encoder gets one.
   *
   * @returns when its first sample is heard, ms on a timeline that those who share the encoder have in common
   */
  write(frame: AudioFrame): number;
  /** The last to close ends the encoder. */
  close(): Promise<void>;
}

/** The sound of one camera: viewers who asked for the same share one encoder, whoever of them comes and goes. */
export class CameraSound {
  readonly #options: CameraSoundOptions;
  readonly #encodings = new Map<string, Encoding>();

  constructor(options: CameraSoundOptions) {
    this.#options = options;
  }

  /** @param stream whose frames will be written */
  join(stream: StreamName, settings: AudioSettings, listener: SoundListener): SoundShare {
    const { codec, sampleRate, packetTime, bitrate } = settings;
    const key = [stream, codec, sampleRate, packetTime, bitrate].join(' ');
    const encoding = this.#encodings.get(key) ?? this.#begin(key, settings);
    encoding.listeners.add(listener);
    return {
      write: (frame) => encoding.write(frame),
      close: async () => {
        encoding.listeners.delete(listener);
        if (encoding.listeners.size > 0) return;
        if (this.#encodings.get(key) === encoding) this.#encodings.delete(key);
        await encoding.close();
      },
    };
  }

  #begin(key: string, settings: AudioSettings): Encoding {
    const encoding = new Encoding(this.#options, settings, () => {
      if (this.#encodings.get(key) === encoding) this.#encodings.delete(key);
    });
    this.#encodings.set(key, encoding);
    return encoding;
  }
}

/** What one encoder after the other makes of a stream's sound. */
class Encoding {
  readonly listeners = new Set<SoundListener>();
  readonly #options: CameraSoundOptions;
  readonly #settings: AudioSettings;
  readonly #onFailure: () => void;
  readonly #timeline = new MediaTimeline();
  readonly #leaving = new Leaving();
  #encoder: AudioEncoder | undefined;
  /** When the newest encoder was started, ms. */
  #restarted = -Infinity;
  /** Media time at which the samples written so far end, ms. */
  #end = 0;
  #newest: AudioFrame | undefined;
  #newestTime = 0;
  #closed = false;

  /** @param onFailure comes before the listeners are told */
  constructor(options: CameraSoundOptions, settings: AudioSettings, onFailure: () => void) {
    this.#options = options;
    this.#settings = settings;
    this.#onFailure = onFailure;
  }

  write(frame: AudioFrame): number {
    if (frame === this.#newest) return this.#newestTime;
    this.#newest = frame;
    this.#newestTime = this.#timeline.mediaTime(frame.timestamp, this.#options.clock.now());
    if (!this.#closed) this.#encode(frame.data, this.#newestTime);
    return this.#newestTime;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#dismiss();
    await this.#leaving.gone();
  }

  /** @param samples µ-law, 8 kHz  @param mediaTime of the first sample, ms */
  #encode(samples: Buffer, mediaTime: number): void {
    const { microphone } = this.#options;
    // Who may hear nothing needs no process for it.
    if (!this.#encoder && microphone.silent) return;
    const heard = microphone.apply(samples);
    const step = this.#encoder ? audioStep(this.#end, mediaTime, samples.length) : ({ kind: 'restart' } as const);
    if (step.kind === 'restart') {
      if (this.#restart(mediaTime)) this.#append(heard);
    } else if (step.silence === 0 && step.drop === 0) {
      this.#append(heard);
    } else {
      this.#append(Buffer.concat([Buffer.alloc(step.silence, MU_LAW_SILENCE), heard.subarray(step.drop)]));
    }
  }

  #append(samples: Buffer): void {
    if (samples.length === 0) return;
    if (this.#encoder?.write(samples) === false) this.#fail('ffmpeg does not take the sound');
    this.#end += duration(samples.length);
  }

  /** `false` where it is too soon for another encoder. */
  #restart(mediaTime: number): boolean {
    const { ffmpeg, clock, name, limits } = this.#options;
    const now = clock.now();
    if (now - this.#restarted < RESTART_PAUSE) return false;
    this.#restarted = now;
    this.#dismiss();
    this.#end = mediaTime;
    const run: SoundRun = { start: mediaTime - LEAD_TIME };
    const encoder = new AudioEncoder({
      settings: this.#settings,
      ffmpeg,
      owner: { name, limits },
      onPackets: (packets) => {
        if (encoder !== this.#encoder) return;
        for (const listener of this.listeners) listener.packets(packets, run);
      },
      onFailure: (reason) => {
        if (encoder === this.#encoder) this.#fail(reason);
      },
    });
    this.#encoder = encoder;
    return true;
  }

  #fail(reason: string): void {
    this.#closed = true;
    this.#dismiss();
    this.#onFailure();
    for (const listener of [...this.listeners]) listener.failed(reason);
  }

  #dismiss(): void {
    this.#leaving.add(this.#encoder);
    this.#encoder = undefined;
  }
}
