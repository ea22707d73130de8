import type { AudioFrame, Logger, StreamName } from '../../shared/index.js';
import type { SoundPacket } from './audio-encoder.js';
import type { AudioSettings } from './audio-policy.js';
import type { CameraSound, SoundListener, SoundRun, SoundShare } from './camera-sound.js';
import { Leaving } from './leaving.js';
import { ticks } from './media-timeline.js';
import type { VolumeControl } from './volume-control.js';
import { packetsOf } from './rtp-packets.js';
import type { RtpTrack } from './rtp-track.js';

export interface AudioSenderOptions {
  readonly settings: AudioSettings;
  readonly track: RtpTrack;
  readonly sound: CameraSound;
  readonly microphone: VolumeControl;
  readonly logger: Logger;
  /** The camera's name. */
  readonly name: string;
  /** The first packet has left. */
  readonly onFirst: () => void;
}

/** Sends sound on the session's timeline. Whatever fails here costs the sound, never the picture. */
export class AudioSender implements SoundListener {
  readonly #options: AudioSenderOptions;
  readonly #leaving = new Leaving();
  #share: SoundShare | undefined;
  #stream: StreamName | undefined;
  /** Add this to the shared encoder's time to get the session's; unknown up to the first frame. ms */
  #offset: number | undefined;
  #run: SoundRun | undefined;
  /** RTP time at which the run began, ticks. */
  #runStart = 0;
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

  /** @param mediaTime of the first sample, ms  @param stream that the frame is of */
  write(frame: AudioFrame, mediaTime: number, stream: StreamName): void {
    if (this.#failed) return;
    if (stream !== this.#stream) {
      this.#dismiss();
      this.#stream = stream;
    }
    this.#share ??= this.#options.sound.join(stream, this.#options.settings, this);
    this.#offset = mediaTime - this.#share.write(frame);
  }

  packets(packets: readonly SoundPacket[], run: SoundRun): void {
    // Of an encoder that others began: when it is heard here is not known yet.
    if (this.#offset === undefined) return;
    if (run !== this.#run) {
      this.#run = run;
      this.#runStart = ticks(run.start + this.#offset, this.clockRate);
    }
    this.#send(packets);
  }

  failed(reason: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#dismiss();
    const { logger, name } = this.#options;
    logger.warn(`${name}: live view goes on without sound: ${reason}`);
  }

  async close(): Promise<void> {
    this.#failed = true;
    this.#dismiss();
    await this.#leaving.gone();
  }

  #send(encoded: readonly SoundPacket[]): void {
    const { track, settings, microphone, onFirst } = this.#options;
    // Muted from the next packet on, whatever ffmpeg still holds; what it was given since is silence.
    if (this.#failed || microphone.silent) return;
    const first = this.#last === -Infinity;
    const payloads: Buffer[] = [];
    const times: number[] = [];
    for (const { payload, elapsed } of encoded) {
      const time = this.#runStart + elapsed;
      // RTP time never goes back, also where it would after a restart.
      if (time <= this.#last) continue;
      this.#last = time;
      payloads.push(payload);
      times.push(time);
    }
    if (payloads.length === 0) return;
    const packets = packetsOf(payloads);
    track.seal(packets, settings.payloadType, times, first ? 0 : undefined);
    for (let index = 0; index < packets.count; index += 1) track.send(packets, index);
    if (first) onFirst();
  }

  #dismiss(): void {
    this.#leaving.add(this.#share);
    this.#share = undefined;
    this.#offset = undefined;
  }
}
