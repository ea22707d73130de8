import type { Logger } from '../../shared/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { AudioEncoder } from './audio-encoder.js';
import type { AudioSettings } from './audio-policy.js';
import { audioStep, duration, ULAW_SILENCE } from './audio-timeline.js';
import { ticks } from './media-timeline.js';
import type { RtpTrack } from './rtp-track.js';

export interface AudioSenderOptions {
  readonly settings: AudioSettings;
  readonly track: RtpTrack;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  /** The first packet has left. */
  readonly onFirst: () => void;
}

/** Sends sound on the session's timeline. Whatever fails here costs the sound, never the picture. */
export class AudioSender {
  readonly #options: AudioSenderOptions;
  #encoder: AudioEncoder | undefined;
  /** Encoders on their way out. */
  readonly #leaving = new Set<Promise<void>>();
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
    const step = this.#encoder ? audioStep(this.#end, mediaTime, samples.length) : ({ kind: 'restart' } as const);
    if (step.kind === 'restart') {
      this.#restart(mediaTime);
      this.#append(samples);
    } else {
      this.#append(Buffer.concat([Buffer.alloc(step.silence, ULAW_SILENCE), samples.subarray(step.drop)]));
    }
  }

  async close(): Promise<void> {
    this.#failed = true;
    this.#dismiss();
    await Promise.all(this.#leaving);
  }

  #append(samples: Buffer): void {
    if (samples.length === 0) return;
    if (this.#encoder?.write(samples) === false) this.#fail('ffmpeg does not take the sound');
    this.#end += duration(samples.length);
  }

  #restart(mediaTime: number): void {
    const { settings, ffmpeg } = this.#options;
    this.#dismiss();
    this.#end = mediaTime;
    const start = ticks(mediaTime, this.clockRate);
    const encoder = new AudioEncoder({
      settings,
      ffmpeg,
      onPacket: (payload, elapsed) => {
        if (encoder === this.#encoder) this.#send(payload, start + elapsed);
      },
      onFailure: (reason) => {
        if (encoder === this.#encoder) this.#fail(reason);
      },
    });
    this.#encoder = encoder;
  }

  #send(payload: Buffer, time: number): void {
    // After a restart the clock may have been set back: RTP time never is.
    if (time <= this.#last) return;
    const { track, settings, onFirst } = this.#options;
    const first = this.#last === -Infinity;
    this.#last = time;
    track.send(payload, settings.payloadType, time, first);
    if (first) onFirst();
  }

  #fail(reason: string): void {
    this.#failed = true;
    this.#dismiss();
    this.#options.logger.warn(`live view goes on without sound: ${reason}`);
  }

  #dismiss(): void {
    const leaving = this.#encoder?.close();
    this.#encoder = undefined;
    if (!leaving) return;
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}
