import type { Socket } from 'node:net';
import type { RecordingPacket } from 'homebridge';
import {
  abortable,
  type Clock,
  type Frame,
  type LiveFeed,
  type Logger,
  sleep,
  type VideoFrame,
  within,
} from '../../shared/index.js';
import { type LimitCounters, type LimitName, limits } from '../../shared/internal.js';
import {
  codedSize,
  isParameterSet,
  mp4Fragment,
  mp4Start,
  nalUnitsOf,
  VIDEO_TIMESCALE,
} from '../../shared/codec/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { MediaTimeline } from '../live/media-timeline.js';
import type { VolumeControl } from '../live/volume-control.js';
import { measuredFps } from '../live/transcode-arguments.js';
import { Transcoder } from '../live/transcoder.js';
import type { RunningEncoder, RunningEncoders } from '../live/running-encoders.js';
import { Fragmenter, type PicturesOfFragment, type RecordedPicture } from './fragmenter.js';
import { RecordedStream } from './recorded-stream.js';
import { recordingArguments } from './recording-arguments.js';
import { mayConvert, partFor, presetOfNext, recordingEncoders } from './recording-encoders.js';
import { longestInterval, recordingPlan, type RecordingSource, tellRate } from './recording-policy.js';
import type { RecordingSettings } from './recording-settings.js';
import { SoundTrack } from './sound-track.js';

/** ms without a first fragment after which there is nothing to record: hubs wait about as long. */
const PATIENCE = 10_000;
/** Fragments of the past go out no faster than this times as fast as they were filmed: hubs break off floods. */
const FASTEST = 8;
/** Pictures inside ffmpeg at once: the past is written in one go. */
const MAX_INSIDE = 1000;

export interface RecordingOptions {
  readonly feed: LiveFeed;
  /** What is recorded where the machine has too much to convert already. */
  readonly instead: LiveFeed | undefined;
  readonly settings: RecordingSettings;
  /** ms before now that it begins. */
  readonly past: number;
  /** Whether HomeKit wants sound. */
  readonly sound: boolean;
  /** `undefined`: the camera must not be heard, and its recordings are silent. */
  readonly microphone: VolumeControl | undefined;
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those of the camera's NVR. */
  readonly limits: LimitCounters;
  /** The camera's. */
  readonly name: string;
  /** What has been yielded and the hub has not taken. `undefined`: nobody knows. */
  readonly hub: () => Pick<Socket, 'writableLength' | 'destroy'> | undefined;
  /** Aborted when the hub has ended the recording: nothing more may be sent then. */
  readonly signal: AbortSignal;
}

/** Those of all cameras of this process: their hubs share its memory. */
const underWay = new Set<Recording>();

/** A fragment that waits to be sent. */
interface Piece extends PicturesOfFragment {
  readonly isLast: boolean;
}

/** One recording: from the keyframe before the event until the hub, or the camera, ends it. */
export class Recording implements RunningEncoder {
  readonly #options: RecordingOptions;
  readonly #timeline = new MediaTimeline();
  readonly #fragmenter: Fragmenter;
  readonly #sound: SoundTrack | undefined;
  readonly #stream: RecordedStream;
  readonly #encoders: RunningEncoders;
  #encoder: Transcoder | undefined;
  /** What has come before it begins. */
  #early: Frame[] = [];
  /** Media times of the newest picture that its encoder was given, and of the newest that it made, ms. */
  #written = 0;
  #made = 0;
  #plan: 'copy' | 'transcode' | undefined;
  #codec: VideoFrame['codec'] | undefined;
  /** The first picture, whose parameter sets hold for all. */
  #first: RecordedPicture | undefined;
  #parameterSets = Buffer.alloc(0);
  /** Media time of the first picture, ms. */
  #origin: number | undefined;
  #pieces: Piece[] = [];
  #waiting = 0;
  /** Why it ends, once it does. */
  #ended: string | undefined;
  #closed = false;
  #givenUp = false;
  #wake: () => void = () => undefined;

  /** Begins at once, with what is kept of the past. */
  constructor(options: RecordingOptions) {
    const { settings, sound, ffmpeg } = options;
    this.#options = options;
    this.#encoders = recordingEncoders(ffmpeg.children);
    this.#fragmenter = new Fragmenter(settings.fragment);
    this.#sound = sound
      ? new SoundTrack({
          ...options,
          owner: options,
          sampleRate: settings.sampleRate,
          bitrate: settings.soundBitrate,
          onFailure: (reason) => this.#tell('warn', `goes on without sound: ${reason}`),
        })
      : undefined;
    this.#stream = new RecordedStream({
      ...options,
      onFrames: (frames) => this.#take(frames),
      onInterrupted: (error) => this.end(`the NVR is away (${error?.message ?? 'connection lost'})`),
    });
    underWay.add(this);
    this.#stream.begin();
  }

  get behind(): number {
    return this.#written - this.#made;
  }

  /** Ends it from our side: what has come is sent, and marked as the last of it. */
  end(reason: string): void {
    if (this.#ended !== undefined || this.#closed) return;
    this.#ended = reason;
    // A feed may end while it is being subscribed to.
    queueMicrotask(() => this.#stream.close());
    this.#encoders.delete(this);
    const rest = this.#givenUp ? [] : this.#fragmenter.finish();
    for (const [index, fragment] of rest.entries()) this.#queue(fragment, index === rest.length - 1);
    this.#wake();
  }

  /**
   * Initialization segment, then fragments, until it ends or is aborted.
   *
   * @throws Error where it ends before there is anything to send
   */
  async *packets(): AsyncGenerator<RecordingPacket, void, undefined> {
    const { clock, signal, settings } = this.#options;
    try {
      let piece = await within(clock, PATIENCE, this.#next(), () => undefined);
      if (signal.aborted) return;
      await this.#endIfGivenUp();
      if (!piece || !this.#first) throw new Error(this.#ended ?? 'no picture has come');
      yield { data: this.#start(this.#first), isLast: false };
      for (let sequence = 1; piece && !signal.aborted; sequence += 1) {
        const sent = clock.now();
        const { begin, end, isLast, pictures } = piece;
        const audio = await this.#sound?.upTo((end * 1000) / VIDEO_TIMESCALE, isLast);
        if (isAborted(signal)) return;
        this.#leaveDeafHub();
        await this.#endIfGivenUp();
        yield {
          data: mp4Fragment({ sequence, codec: 'h264', video: { time: begin, pictures }, audio }),
          isLast,
        };
        if (isLast) {
          this.#tell('debug', `ended: ${this.#ended ?? ''}`);
          return;
        }
        this.#sent(piece);
        piece = await this.#next();
        await this.#endIfGivenUp();
        const pause = Math.min((end - begin) / VIDEO_TIMESCALE, settings.fragment / 1000) * (1000 / FASTEST);
        await sleep(clock, Math.max(0, sent + pause - clock.now()), signal);
      }
    } catch (error) {
      if (!isAborted(signal)) throw error;
    } finally {
      await this.#close();
    }
  }

  /** Whatever is yielded is written to the hub's connection, where it waits without bound for a hub that does not read. */
  #leaveDeafHub(): void {
    const waiting = this.#options.hub()?.writableLength ?? 0;
    if (waiting > limits.recording.waiting) this.#giveUp('recording.waiting');
  }

  /** Bytes that the hub has not taken, written or not. */
  get #held(): number {
    return this.#waiting + (this.#options.hub()?.writableLength ?? 0);
  }

  /** So many hubs that take little, each within its own limit, must not fill the memory: who holds most goes first. */
  static #makeRoom(bytes: number): void {
    for (;;) {
      const left = [...underWay].filter((recording) => !recording.#givenUp);
      const connections = new Set(left.map((recording) => recording.#options.hub()));
      const written = [...connections].reduce((sum, connection) => sum + (connection?.writableLength ?? 0), 0);
      // What the time shift holds as well costs nothing more: all cameras may begin at once, in a thunderstorm.
      const queued = left.reduce((sum, each) => sum + Math.max(0, each.#waiting - limits.timeShift.bytes), 0);
      if (written + queued + bytes <= limits.recording.waitingInAll) return;
      const [most] = left.toSorted((one, other) => other.#held - one.#held);
      if (!most || most.#held === 0) return;
      most.#giveUp('recording.waitingInAll');
    }
  }

  #giveUp(limit: LimitName): void {
    this.#hit(limit, 'the connection is given up, since the home hub takes nothing');
    this.#givenUp = true;
    this.#pieces = [];
    this.#waiting = 0;
    this.#options.hub()?.destroy();
    this.end('the home hub takes nothing');
  }

  /** That the connection is gone makes HAP-NodeJS abort it; where it does not, it fails. */
  async #endIfGivenUp(): Promise<void> {
    if (!this.#givenUp) return;
    const { clock, signal } = this.#options;
    await sleep(clock, PATIENCE, signal);
    throw new Error('the home hub takes nothing');
  }

  async #close(): Promise<void> {
    this.#closed = true;
    underWay.delete(this);
    this.#pieces = [];
    this.#stream.close();
    this.#encoders.delete(this);
    await Promise.all([this.#encoder?.close(), this.#sound?.close()]);
  }

  /** The next fragment; `undefined` where there will be none. */
  async #next(): Promise<Piece | undefined> {
    const { signal } = this.#options;
    while (this.#pieces.length === 0 && this.#ended === undefined && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => resolve(undefined);
      await abortable(promise, signal);
    }
    return this.#pieces[0];
  }

  /** It is the connection's from now on. */
  #sent(piece: Piece): void {
    if (this.#pieces[0] !== piece) return;
    this.#pieces.shift();
    this.#waiting -= piece.size;
  }

  #start(first: RecordedPicture): Buffer {
    const { settings } = this.#options;
    const audio = { sampleRate: settings.sampleRate, bitrate: settings.soundBitrate * 1000 };
    return mp4Start({ codec: 'h264', parameterSets: [...first.nals] }, this.#sound && audio);
  }

  #take(frames: readonly Frame[]): void {
    if (this.#ended !== undefined) return;
    const taken = this.#plan ? frames : [...this.#early.splice(0), ...frames];
    if (!this.#plan && !this.#begin(taken)) return;
    for (const frame of taken) {
      if (this.#ended !== undefined || this.#closed) return;
      if (frame.kind === 'video' && frame.codec !== this.#codec) return this.end("the camera's codec has changed");
      const time = this.#mediaTime(frame);
      if (time === undefined) continue;
      if (frame.kind === 'audio') this.#hear(frame.data, time);
      else if (this.#plan === 'transcode') this.#encode(frame, time);
      else this.#picture({ nals: nalUnitsOf(frame), size: frame.data.length, keyframe: frame.keyframe, time });
    }
  }

  #hear(samples: Buffer, time: number): void {
    const { microphone } = this.#options;
    if (microphone) this.#sound?.write(microphone.apply(samples), time);
  }

  /** @returns whether it begins with these; otherwise it has ended, waits for more, or another stream stands in */
  #begin(frames: readonly Frame[]): boolean {
    const { settings, ffmpeg } = this.#options;
    const pictures = frames.filter((frame) => frame.kind === 'video');
    const [keyframe] = pictures;
    if (!keyframe?.keyframe) return false;
    // The frame's header is the NVR's to write, and need not be true.
    const { width, height } = codedSize(nalUnitsOf(keyframe)) ?? keyframe;
    const source = { keyframe, width, height, keyframeInterval: longestInterval(pictures) };
    const plan = recordingPlan(source, settings, ffmpeg.encoders.has('libx264'));
    if (plan === 'unshowable') {
      this.end('the camera sends H.265 and this ffmpeg cannot turn it into H.264');
      return false;
    }
    if (plan === 'transcode' && this.#leavesToSub()) return false;
    if (plan === 'transcode' && !tellRate(pictures)) {
      this.#early = [...frames];
      return false;
    }
    this.#tell('debug', `${keyframe.codec}, ${plan}`);
    this.#codec = keyframe.codec;
    this.#plan = plan;
    if (plan === 'transcode') this.#encoder = this.#transcode(source, pictures);
    return true;
  }

  /** Better a small picture, and late, than none. Where the sub stream shows nothing, it is the main stream after all. */
  #leavesToSub(): boolean {
    const { facts, count } = this.#encoders;
    if (mayConvert(facts) || !this.#stream.standIn()) return false;
    this.#hit('recordingEncoder.perCore', `${count} recordings are converted, so its sub stream is recorded`);
    return true;
  }

  /** @param pictures the first ones, which tell the rate; they are not encoded by that */
  #transcode(source: RecordingSource, pictures: readonly VideoFrame[]): Transcoder {
    const { codec } = source.keyframe;
    const { settings, ffmpeg } = this.#options;
    const preset = presetOfNext(ffmpeg.children);
    this.#encoders.add(this, partFor(source));
    const fps = measuredFps(
      pictures.map(({ timestamp }) => timestamp),
      settings.fps,
    );
    return new Transcoder({
      ...{ ffmpeg, owner: this.#options, codec, fps, inside: MAX_INSIDE, input: 'recording.input' },
      arguments: recordingArguments({ codec, fps, upright: source.height > source.width, preset }, settings),
      onPicture: (picture, time) => {
        if (time === undefined) return;
        this.#made = time;
        this.#picture({ ...picture, time });
      },
      onFailure: (reason) => this.end(reason),
    });
  }

  #encode(frame: VideoFrame, time: number): void {
    this.#written = time;
    this.#encoder?.write(frame, time);
  }

  /** ms since the first picture; `undefined` for sound before it. */
  #mediaTime(frame: Frame): number | undefined {
    const time = this.#timeline.mediaTime(frame.timestamp, this.#options.clock.now());
    if (this.#origin === undefined && frame.kind === 'audio') return undefined;
    this.#origin ??= time;
    return time - this.#origin;
  }

  #picture(picture: RecordedPicture): void {
    if (this.#ended !== undefined || this.#closed) return;
    if (picture.keyframe && this.#hasOtherParameters(picture)) {
      // They stand in the initialization segment, and that is sent.
      this.end("the camera's settings have changed");
      return;
    }
    const done = this.#fragmenter.push(picture);
    if (typeof done === 'string') {
      this.#hit(done, 'it ends for want of a keyframe');
      this.end('the camera sends no keyframe');
    } else for (const fragment of done) this.#queue(fragment, false);
  }

  #hasOtherParameters(picture: RecordedPicture): boolean {
    const sets = [...picture.nals].filter(({ type }) => isParameterSet('h264', type)).map(({ data }) => data);
    const now = Buffer.concat(sets);
    if (this.#first) return sets.length > 0 && !now.equals(this.#parameterSets);
    this.#first = picture;
    this.#parameterSets = now;
    return false;
  }

  #queue(fragment: PicturesOfFragment, isLast: boolean): void {
    if (this.#waiting + fragment.size > limits.recording.waiting && !isLast) {
      this.#hit('recording.waiting', 'it ends, since the home hub takes nothing');
      this.end('the home hub takes nothing');
      return;
    }
    Recording.#makeRoom(fragment.size);
    if (this.#givenUp) return;
    this.#pieces.push({ ...fragment, isLast });
    this.#waiting += fragment.size;
    this.#wake();
  }

  #hit(limit: LimitName, what: string): void {
    const { limits: counters, name } = this.#options;
    counters.hit(limit, `${name}: recording`, what);
  }

  #tell(level: 'debug' | 'warn', text: string): void {
    const { logger, name } = this.#options;
    logger[level](`${name}: recording: ${text}`);
  }
}

/** It changes while one waits, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
