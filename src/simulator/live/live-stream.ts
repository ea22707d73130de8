import type { Clock, Timer } from '../../shared/clock.js';
import type { Frame, VideoCodec } from '../../shared/media/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { wireFrame } from '../faults/frame-faults.js';
import { AUDIO_FRAME_DURATION } from './beep.js';
import { KEYFRAME_INTERVAL, PICTURES_PER_SECOND, type StreamName, streamSizes } from './loop.js';
import { type LiveMessage, Viewer, type ViewerSocket } from './viewer.js';

/** ms; later than that (a suspended machine, a clock set anew), frames are left out instead of sent late. */
const MAX_LAG = 1000;

export interface StreamSource {
  readonly codec: VideoCodec;
  readonly stream: StreamName;
  /** The video loop, and one second of audio, in frames. */
  readonly pictures: readonly Buffer[];
  readonly sounds: readonly Buffer[];
}

/** One (channel, stream) in real time: one timer, however many viewers; none without viewers. */
export class LiveStream {
  readonly #source: StreamSource;
  readonly #clock: Clock;
  readonly #faults: FaultSettings;
  readonly #viewers = new Map<ViewerSocket, Viewer>();
  #timer: Timer | undefined;
  /** Numbers of the next picture and audio frame, counted from 1970. */
  #picture = 0;
  #sound = 0;
  /** With the fault `joinedFrames`: the first of two. */
  #held: LiveMessage | undefined;

  constructor(source: StreamSource, clock: Clock, faults: FaultSettings) {
    this.#source = source;
    this.#clock = clock;
    this.#faults = faults;
  }

  /** Sends frames from now on: decoding can start at the next keyframe, as with a device. */
  add(socket: ViewerSocket): void {
    this.#viewers.set(socket, new Viewer(socket));
    if (this.#timer) return;
    this.#startAt(this.#clock.now());
    this.#schedule();
  }

  remove(socket: ViewerSocket): void {
    this.#viewers.delete(socket);
    if (this.#viewers.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Sends something that is no frame of this stream. */
  inject(message: Buffer): void {
    for (const socket of this.#viewers.keys()) socket.send(message);
  }

  #startAt(now: number): void {
    this.#picture = Math.ceil((now * PICTURES_PER_SECOND) / 1000);
    this.#sound = Math.ceil(now / AUDIO_FRAME_DURATION);
    this.#held = undefined;
  }

  #tick(): void {
    const now = this.#clock.now();
    if (Math.abs(now - this.#nextDue) > MAX_LAG) this.#startAt(now);
    while (this.#nextDue <= now) this.#send(this.#nextFrame());
    this.#schedule();
  }

  #schedule(): void {
    const wait = Math.ceil(this.#nextDue - this.#clock.now());
    this.#timer = this.#clock.after(Math.max(0, wait), () => this.#tick());
  }

  get #nextDue(): number {
    return Math.min(this.#pictureDue, this.#soundDue);
  }

  get #pictureDue(): number {
    return (this.#picture * 1000) / PICTURES_PER_SECOND;
  }

  /** A sound can be sent when it has ended, its timestamp is its begin. */
  get #soundDue(): number {
    return (this.#sound + 1) * AUDIO_FRAME_DURATION;
  }

  #nextFrame(): Frame {
    const { pictures, sounds, codec, stream } = this.#source;
    if (this.#soundDue < this.#pictureDue) {
      const number = this.#sound++;
      const data = at(sounds, number);
      return { kind: 'audio', codec: 'pcmu', timestamp: number * AUDIO_FRAME_DURATION, data };
    }
    const timestamp = Math.floor(this.#pictureDue);
    const number = this.#picture++;
    const keyframe = number % KEYFRAME_INTERVAL === 0;
    return { kind: 'video', codec, keyframe, ...streamSizes[stream], timestamp, data: at(pictures, number) };
  }

  #send(frame: Frame): void {
    const faults = this.#faults;
    if (faults.silentLive || faults.halfOpenSockets) return;
    const message = { data: wireFrame(frame, faults), keyframe: frame.kind === 'video' && frame.keyframe };
    if (faults.joinedFrames && !this.#held) {
      this.#held = message;
      return;
    }
    const whole = this.#held ? join(this.#held, message) : message;
    this.#held = undefined;
    for (const viewer of this.#viewers.values()) viewer.send(whole, faults.splitFrames);
  }
}

function join(first: LiveMessage, second: LiveMessage): LiveMessage {
  return { data: Buffer.concat([first.data, second.data]), keyframe: first.keyframe || second.keyframe };
}

/** The item of a list that repeats for ever. */
function at(list: readonly Buffer[], number: number): Buffer {
  return list[number % list.length] ?? Buffer.alloc(0);
}
