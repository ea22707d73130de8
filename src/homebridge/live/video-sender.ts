import type { Clock } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import { packetizeH264 } from './h264-packetizer.js';
import { squeezedTicks, ticks } from './media-timeline.js';
import { Pacer } from './pacer.js';
import { KeptGroup, type Picture } from './picture.js';
import { PacketMemory } from './rtp-packets.js';
import type { RtpTrack } from './rtp-track.js';

/** Hz, the RTP clock of all video (RFC 6184 §8.2.1). */
export const VIDEO_CLOCK_RATE = 90_000;
/** ms between two repetitions: a phone asks again until it has got one, and by then the next keyframe comes anyway. */
const REPEAT_PAUSE = 2000;

export interface VideoSenderOptions {
  readonly track: RtpTrack;
  readonly payloadType: number;
  /** Bytes of payload in a packet. */
  readonly maxPayload: number;
  readonly clock: Clock;
  /** A picture has more packets than one may have. */
  readonly onOversized: () => void;
  /** The network does not take the pictures as fast as they come. */
  readonly onCongestion: () => void;
}

/** Ticks between squeezed pictures: all of them together take less than the time of one picture at 30 fps. Pure. */
export function squeezeStep(count: number): number {
  return Math.max(1, Math.min(90, Math.floor(VIDEO_CLOCK_RATE / 30 / count)));
}

/** Puts pictures into packets, keeps RTP time going forwards, and repeats the newest group of pictures when asked. */
export class VideoSender {
  readonly #options: VideoSenderOptions;
  readonly #pacer: Pacer;
  readonly #memory = new PacketMemory();
  #last = -Infinity;
  readonly #kept = new KeptGroup();
  #repeated = -Infinity;
  /** A picture was left out: what follows cannot be decoded before the next keyframe. */
  #waits = false;

  constructor(options: VideoSenderOptions) {
    this.#options = options;
    const { clock, track } = options;
    this.#pacer = new Pacer(
      clock,
      (packets, index) => track.send(packets, index),
      ({ bytes }) => {
        if (track.drained) this.#memory.giveBack(bytes);
      },
    );
  }

  /** @param mediaTime ms */
  send(picture: Picture, mediaTime: number): void {
    this.#kept.push(picture);
    this.#packetize(picture, Math.max(ticks(mediaTime, VIDEO_CLOCK_RATE), this.#last + 1));
  }

  /** Sends pictures of the past so that the newest shows at once. @param mediaTime ms, of the newest */
  replay(pictures: readonly Picture[], mediaTime: number): void {
    const step = squeezeStep(pictures.length);
    const newest = Math.max(ticks(mediaTime, VIDEO_CLOCK_RATE), this.#last + pictures.length * step);
    squeezedTicks(pictures.length, newest, step).forEach((time, index) => {
      const picture = pictures[index];
      if (!picture) return;
      this.#kept.push(picture);
      this.#packetize(picture, time);
    });
  }

  /** Sends the newest group of pictures again, for a phone that lost some of it. */
  repeat(): void {
    const now = this.#options.clock.now();
    const { pictures } = this.#kept;
    if (pictures.length === 0 || now - this.#repeated < REPEAT_PAUSE) return;
    this.#repeated = now;
    this.replay(pictures, this.#last / (VIDEO_CLOCK_RATE / 1000));
  }

  close(): void {
    this.#pacer.close();
    this.#kept.clear();
  }

  #packetize(picture: Picture, time: number): void {
    const { track, payloadType, maxPayload, onOversized, onCongestion } = this.#options;
    this.#last = time;
    if (this.#waits && !picture.keyframe) return;
    this.#waits = true;
    if (this.#pacer.waiting > limits.phone.waiting || track.congested) {
      onCongestion();
      return;
    }
    const packets = packetizeH264(picture.nals, maxPayload, this.#memory);
    if (!packets) {
      onOversized();
      return;
    }
    this.#waits = false;
    if (packets.count === 0) return;
    this.#pacer.enqueue(packets, () => track.seal(packets, payloadType, time, packets.count - 1));
  }
}
