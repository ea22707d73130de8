import type { Clock, Logger } from '../../shared/index.js';
import { MU_LAW_SILENCE } from '../../shared/codec/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { AudioEncoder } from './audio-encoder.js';
import type { AudioSettings } from './audio-policy.js';
import { audioStep, duration } from './audio-timeline.js';
import { Leaving } from './leaving.js';
import { ticks } from './media-timeline.js';
import type { Microphone } from './microphone.js';
import { packetOf } from './rtp-packets.js';
import type { RtpTrack } from './rtp-track.js';

/** ms between two encoders: sound whose times keep jumping is left out rather than encoded anew each time. */
const RESTART_PAUSE = 3000;

export interface AudioSenderOptions {
  readonly settings: AudioSettings;
  readonly track: RtpTrack;
  readonly ffmpeg: Ffmpeg;
  readonly microphone: Microphone;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The camera's name. */
  readonly name: string;
  /** The first packet has left. */
  readonly onFirst: () => void;
}

/** Sends sound on the session's timeline. Whatever fails here costs the sound, never the picture. */
export class AudioSender {
  readonly #options: AudioSenderOptions;
  #encoder: AudioEncoder | undefined;
  readonly #leaving = new Leaving();
  /** When the newest encoder was started, ms. */
  #restarted = -Infinity;
  /** Media time at which the samples written so far end, ms. */
  #end = 0;
  /** RTP time of the newest packet, ticks. */
  #last = -Infinity;
  #failed = false;

  constructor(options: AudioSenderOptions) {
    this.#options = options;
  }

  /** Hz of the RTP clock: the negotiated rate (RFC 3550), also for Opus. */
  get clockRate(): number {
    return this.#options.settings.sampleRate;
  }

  /** @param samples µ-law, 8 kHz  @param mediaTime of the first sample, ms */
  write(samples: Buffer, mediaTime: number): void {
    if (this.#failed) return;
    const heard = this.#options.microphone.apply(samples);
    const step = this.#encoder ? audioStep(this.#end, mediaTime, samples.length) : ({ kind: 'restart' } as const);
    if (step.kind === 'restart') {
      if (!this.#restart(mediaTime)) return;
      this.#append(heard);
    } else if (step.silence === 0 && step.drop === 0) {
      this.#append(heard);
    } else {
      this.#append(Buffer.concat([Buffer.alloc(step.silence, MU_LAW_SILENCE), heard.subarray(step.drop)]));
    }
  }

  async close(): Promise<void> {
    this.#failed = true;
    this.#dismiss();
    await this.#leaving.gone();
  }

  #append(samples: Buffer): void {
    if (samples.length === 0) return;
    if (this.#encoder?.write(samples) === false) this.#fail('ffmpeg does not take the sound');
    this.#end += duration(samples.length);
  }

  /** `false` where it is too soon for another encoder. */
  #restart(mediaTime: number): boolean {
    const { settings, ffmpeg, clock, name } = this.#options;
    const now = clock.now();
    if (now - this.#restarted < RESTART_PAUSE) return false;
    this.#restarted = now;
    this.#dismiss();
    this.#end = mediaTime;
    const start = ticks(mediaTime, this.clockRate);
    const encoder = new AudioEncoder({
      settings,
      ffmpeg,
      owner: name,
      onPacket: (payload, elapsed) => {
        if (encoder === this.#encoder) this.#send(payload, start + elapsed);
      },
      onFailure: (reason) => {
        if (encoder === this.#encoder) this.#fail(reason);
      },
    });
    this.#encoder = encoder;
    return true;
  }

  #send(payload: Buffer, time: number): void {
    const { track, settings, microphone, onFirst } = this.#options;
    // Muted from the next packet on, whatever ffmpeg still holds; what it was given since is silence. RTP time never
    // goes back, also where it would after a restart.
    if (microphone.silent || time <= this.#last) return;
    const first = this.#last === -Infinity;
    this.#last = time;
    const packets = packetOf(payload);
    track.seal(packets, settings.payloadType, time, first);
    track.send(packets, 0);
    if (first) onFirst();
  }

  #fail(reason: string): void {
    this.#failed = true;
    this.#dismiss();
    const { logger, name } = this.#options;
    logger.warn(`${name}: live view goes on without sound: ${reason}`);
  }

  #dismiss(): void {
    this.#leaving.add(this.#encoder);
    this.#encoder = undefined;
  }
}
