import type { Clock, Timer } from '../../../../src/shared/clock.js';
import type { Frame } from '../../../../src/shared/codec/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { wireFrame } from '../faults/frame-faults.js';
import { AUDIO_FRAME_DURATION } from './beep.js';
import { pictureNumberAt, pictureOf, pictureTime, soundNumberAt, soundOf, type StreamSource } from './frames.js';
import { KEYFRAME_INTERVAL } from './loop.js';
import { type LiveMessage, Viewer, type ViewerSocket } from './viewer.js';

/** ms that frames are sent late, as on a busy machine; after more (a suspended one, a clock put forward) they are left out. */
const MAX_LATE = 5000;
/** ms that the next frame is waited for; more where the clock was put back. */
const MAX_AHEAD = 1000;

/** One (channel, stream) in real time: one timer, however many viewers; none without viewers. */
export class LiveStream {
  readonly #source: StreamSource;
  readonly #clock: Clock;
  readonly #faults: FaultSettings;
  readonly #viewers = new Map<ViewerSocket, Viewer>();
  readonly #watchers = new Set<(frame: Frame) => void>();
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
    this.#start();
  }

  remove(socket: ViewerSocket): void {
    this.#viewers.delete(socket);
    this.#pauseWithoutViewers();
  }

  /** Shows the frames themselves from now on, until what it returns is called. */
  watch(show: (frame: Frame) => void): () => void {
    this.#watchers.add(show);
    this.#start();
    return () => {
      this.#watchers.delete(show);
      this.#pauseWithoutViewers();
    };
  }

  /** Sends something that is no frame of this stream. */
  inject(message: Buffer): void {
    for (const socket of this.#viewers.keys()) socket.send(message);
  }

  #start(): void {
    if (this.#timer) return;
    this.#startAt(this.#clock.wall());
    this.#schedule();
  }

  #pauseWithoutViewers(): void {
    if (this.#viewers.size + this.#watchers.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #startAt(now: number): void {
    this.#picture = pictureNumberAt(now);
    this.#sound = soundNumberAt(now);
    this.#held = undefined;
  }

  /** No device sends changes to pictures that it did not send: the next one is a keyframe. */
  #goOnAt(now: number): void {
    this.#startAt(now);
    this.#picture = Math.ceil(this.#picture / KEYFRAME_INTERVAL) * KEYFRAME_INTERVAL;
  }

  #tick(): void {
    const now = this.#clock.wall();
    const late = now - this.#nextDue;
    if (late > MAX_LATE || late < -MAX_AHEAD) this.#goOnAt(now);
    while (this.#nextDue <= now) this.#send(this.#nextFrame());
    this.#schedule();
  }

  #schedule(): void {
    const wait = Math.ceil(this.#nextDue - this.#clock.wall());
    this.#timer = this.#clock.after(Math.max(0, wait), () => this.#tick());
  }

  get #nextDue(): number {
    return Math.min(this.#pictureDue, this.#soundDue);
  }

  get #pictureDue(): number {
    return pictureTime(this.#picture);
  }

  /** A sound can be sent when it has ended, its timestamp is its begin. */
  get #soundDue(): number {
    return (this.#sound + 1) * AUDIO_FRAME_DURATION;
  }

  #nextFrame(): Frame {
    if (this.#soundDue < this.#pictureDue) return soundOf(this.#source, this.#sound++);
    return pictureOf(this.#source, this.#picture++);
  }

  #send(frame: Frame): void {
    const faults = this.#faults;
    if (faults.silentLive || faults.halfOpenSockets) return;
    for (const show of this.#watchers) show(frame);
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
