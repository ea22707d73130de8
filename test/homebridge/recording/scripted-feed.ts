import { EventEmitter } from 'node:events';
import { loadLoop } from '../../../packages/simulator/src/live/loop.js';
import { MEDIA } from '../../../packages/simulator/src/options.js';
import { encodeMuLaw } from '../../../src/shared/codec/mu-law.js';
import { encodeFrame, type Frame, type VideoCodec } from '../../../src/shared/codec/frame.js';
import { ManualClock, NvrUnreachableError, silentLogger, type StreamName } from '../../../src/shared/index.js';
import { LimitCounters } from '../../../src/shared/internal.js';
import { Recovery } from '../../../src/shared/link/recovery.js';
import type { OpenSocket, SocketHandlers } from '../../../src/shared/link/socket-connector.js';
import { LiveFeed } from '../../../src/shared/media/live-feed.js';

/** Pictures per second, and pictures from one keyframe to the next. */
export const [FPS, GROUP] = [15, 30];
/** ms of a sound frame. */
const SOUND = 40;
/** Hz of the beep that the camera hears. */
export const TONE = 1000;
const BEGIN = Date.UTC(2026, 0, 1);

/** A feed as the NVR fills it, frame by frame as the test says, on a clock of its own. */
export class ScriptedFeed {
  readonly feed: LiveFeed;
  readonly clock = new ManualClock(BEGIN);
  /** Whether frames of sound come. */
  sound = true;
  /** When the camera hears a beep, s of {@link seconds}. */
  beep: readonly [from: number, to: number] = [0, Infinity];
  /** Every so many pictures is a keyframe; a multiple of {@link GROUP}. */
  keyframes = GROUP;
  /** What the frame headers say of the pictures. */
  header = { width: 1280, height: 720 };
  /** What the timestamps of pictures are ahead of the time, ms. */
  ahead = 0;
  /** Bytes that each keyframe is larger by. */
  filler = 0;
  /** Sockets that were opened. */
  opened = 0;
  #pictures: readonly Buffer[];
  #codec: VideoCodec;
  #handlers: SocketHandlers | undefined;
  #socket: (EventEmitter & OpenSocket) | undefined;
  /** ms */
  #time = 0;
  #picture = 0;
  #sample = 0;

  private constructor(pictures: readonly Buffer[], codec: VideoCodec, stream: StreamName, lingerMs: number) {
    this.#pictures = pictures;
    this.#codec = codec;
    const environment = {
      clock: this.clock,
      logger: silentLogger,
      limits: new LimitCounters(silentLogger),
      random: () => 0.5,
      recovery: new Recovery(),
      probe: () => Promise.resolve(),
      connect: (_path: string, handlers: SocketHandlers) => {
        const nothing = () => undefined;
        const methods = { ping: nothing, send: nothing, pause: nothing, resume: nothing, terminate: nothing };
        this.#socket = Object.assign(new EventEmitter(), methods);
        this.#handlers = handlers;
        this.opened += 1;
        handlers.opened(this.#socket);
        return Promise.resolve();
      },
    };
    this.feed = new LiveFeed(1, stream, environment, lingerMs);
  }

  /** @param lingerMs for which it stays open without subscribers */
  static async open(codec: VideoCodec = 'h264', stream: StreamName = 'main', lingerMs = 0): Promise<ScriptedFeed> {
    return new ScriptedFeed(await loadLoop(MEDIA, codec, 1, stream), codec, stream, lingerMs);
  }

  /** Time that has passed at the camera, s. */
  get seconds(): number {
    return this.#time / 1000;
  }

  /** Lets the camera film for so long. */
  play(seconds: number): void {
    const end = this.#time + seconds * 1000;
    for (;;) {
      const picture = (this.#picture * 1000) / FPS;
      const sound = this.#sample / 8 + SOUND;
      const next = Math.min(picture, sound);
      if (next >= end) break;
      this.clock.advance(next - this.#time);
      this.#time = next;
      if (picture <= sound) this.#send(this.#nextPicture());
      else this.#send(this.#nextSound());
    }
    this.clock.advance(end - this.#time);
    this.#time = end;
  }

  /** Other pictures from now on, of the next keyframe. */
  async show(channel: number, stream: 'main' | 'sub', codec = this.#codec): Promise<void> {
    this.#pictures = await loadLoop(MEDIA, codec, channel, stream);
    this.#codec = codec;
  }

  /** Pictures of the test's own. @param change makes them of those of before */
  async film(change: (pictures: readonly Buffer[]) => Promise<readonly Buffer[]>): Promise<void> {
    this.#pictures = await change(this.#pictures);
  }

  /** The connection is lost. */
  cut(): void {
    this.#socket?.emit('close', 1006, Buffer.alloc(0));
    this.#socket?.emit('error', new NvrUnreachableError('cut'));
  }

  #nextPicture(): Frame {
    const number = this.#picture++;
    const keyframe = number % this.keyframes === 0;
    const picture = this.#pictures[number % this.#pictures.length] ?? Buffer.alloc(0);
    // A NAL unit of filler data (type 12).
    const filler = Buffer.alloc(keyframe ? this.filler : 0, 0xff);
    const data = filler.length > 0 ? Buffer.concat([picture, Buffer.from([0, 0, 1, 12]), filler]) : picture;
    const timestamp = BEGIN + this.ahead + Math.round((number * 1000) / FPS);
    return { kind: 'video', codec: this.#codec, keyframe, ...this.header, timestamp, data };
  }

  #nextSound(): Frame {
    const pcm = Buffer.alloc(SOUND * 8 * 2);
    for (let index = 0; index < SOUND * 8; index += 1) {
      const at = (this.#sample + index) / 8000;
      const heard = at >= this.beep[0] && at < this.beep[1];
      pcm.writeInt16LE(heard ? Math.round(12_000 * Math.sin(2 * Math.PI * TONE * at)) : 0, index * 2);
    }
    const timestamp = BEGIN + this.#sample / 8;
    this.#sample += SOUND * 8;
    return { kind: 'audio', codec: 'pcmu', timestamp, data: encodeMuLaw(pcm) };
  }

  #send(frame: Frame): void {
    if (frame.kind === 'video' || this.sound) this.#handlers?.message(encodeFrame(frame), true);
  }
}
