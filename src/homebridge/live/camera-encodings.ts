import type { Clock, Logger, StreamName, VideoFrame } from '../../shared/index.js';
import type { Feed, LimitCounters } from '../../shared/internal.js';
import { codedSize, nalUnitsOf } from '../../shared/codec/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { type CornerClock, cornerClock, cornerFilters, isWrong, sizeWithin } from './corner-clock.js';
import { HardwareEncoding, LEFT_ALONE } from './hardware-encoding.js';
import { liveEncoders, mayEncode, presetFor } from './live-encoders.js';
import { MediaTimeline } from './media-timeline.js';
import { KeptGroup, type Picture } from './picture.js';
import { measuredFps, transcodeArguments, type TranscodeSettings } from './transcode-arguments.js';
import type { RunningEncoder, RunningEncoders } from './running-encoders.js';
import { type EndedBy, Transcoder } from './transcoder.js';

/** Pictures inside ffmpeg at once. */
const MAX_INSIDE = 300;
/** ms after which viewers are told again that the time in their pictures is wrong: they may have had no place. */
const TOLD_AGAIN = 10_000;
/** An encoder by hardware that gives nothing for so long is given up. ms */
const PATIENCE = 3000;
/** The host has converted nothing for so long: there is time to see by what else it could. ms */
const REST = 10_000;

export interface CameraEncodingsOptions {
  /** Whose pictures are converted: where they are of the past, their time is written into them. */
  readonly feed: (stream: StreamName) => Pick<Feed, 'recorded'>;
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those of the camera's NVR. */
  readonly limits: LimitCounters;
  /** The camera's name. */
  readonly name: string;
}

export interface EncodingListener {
  /** @param mediaTime of the viewer, ms */
  picture(picture: Picture, mediaTime: number): void;
  /** There are no more pictures. @param another whether an encoder of another kind may make them */
  failed(reason: string, another: boolean): void;
  /** The pictures to come have another time than the one that runs in their corner: another encoder shows the right one. */
  outdated(): void;
}

/** What a viewer begins with: pictures of a decoder's start, keyframe first, the newest of which has a media time, ms. */
export interface Beginning {
  readonly pictures: readonly VideoFrame[];
  readonly mediaTime: number;
}

/** One viewer's part in an encoder. */
export interface EncodingShare {
  /** Nobody else watches what it makes. */
  readonly sole: boolean;
  /** What it has made for others since its newest keyframe, and the media time of the newest picture, ms. */
  readonly made: { readonly pictures: readonly Picture[]; readonly mediaTime: number };
  /**
   * Each viewer writes what it sees; of one picture that all of them write, the encoder gets one.
   *
   * @param mediaTime of the viewer, ms
   */
  write(frame: VideoFrame, mediaTime: number): void;
  /** The last to close ends the encoder. */
  close(): Promise<void>;
}

/** The converted pictures of one camera: viewers who asked for the same share one encoder, whoever of them comes and goes. */
export class CameraEncodings {
  readonly #options: CameraEncodingsOptions;
  readonly #encoders: RunningEncoders;
  readonly #hardware: HardwareEncoding;
  readonly #encodings = new Map<string, Encoding>();
  readonly #closing = new AbortController();
  /** Until then hardware is not asked for this camera, ms of the clock. */
  #bySoftware = -Infinity;
  #proof: Promise<void> | undefined;

  constructor(options: CameraEncodingsOptions) {
    this.#options = options;
    this.#encoders = liveEncoders(options.ffmpeg.children);
    this.#hardware = HardwareEncoding.of(options.ffmpeg.children);
  }

  /** Proves nothing any more; resolves when no process of that is left. Shares are closed by those who have them. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#proof;
  }

  /**
   * @param stream whose pictures will be written
   * @param begin the newest of them is shown first; those before it are decoded for its sake
   * @returns `undefined` where the machine converts as many streams as it can already
   */
  join(
    stream: StreamName,
    begin: Beginning,
    settings: TranscodeSettings,
    listener: EncodingListener,
  ): EncodingShare | undefined {
    const { width, height, fps, bitrate, profile } = settings;
    const key = [stream, width, height, fps, bitrate, profile].join(' ');
    const known = this.#encodings.get(key);
    const fits = known && known.newest === begin.pictures.at(-1) && !known.outdated;
    const encoding = fits ? known : this.#begin(key, begin, settings, known);
    return encoding?.share(listener, begin.mediaTime);
  }

  /** @param before has pictures from before a gap: its viewers are about to come over, and this one takes its place */
  #begin(
    key: string,
    begin: Beginning,
    settings: TranscodeSettings,
    before: Encoding | undefined,
  ): Encoding | undefined {
    if (before) this.#encoders.delete(before);
    const { facts } = this.#encoders;
    if (!mayEncode(facts)) {
      const { limits, name } = this.#options;
      limits.hit(
        'liveEncoder.perCore',
        `${name}: live view`,
        `${facts.running} streams are converted, no more at a time`,
      );
      return undefined;
    }
    this.#hardware.callOff();
    const hardware = this.#options.clock.now() < this.#bySoftware ? undefined : this.#hardware.take();
    const encoding = new Encoding(
      this.#options,
      begin,
      { ...settings, preset: presetFor(facts), hardware },
      (failure, by) => {
        this.#encoders.delete(encoding);
        if (this.#encodings.get(key) === encoding) this.#encodings.delete(key);
        if (hardware) this.#hardware.giveBack();
        if (hardware && failure !== undefined) this.#goOnBySoftware(hardware.name, failure, by);
        this.#proveAtRest();
      },
    );
    this.#encoders.add(encoding);
    this.#encodings.set(key, encoding);
    return encoding;
  }

  #goOnBySoftware(encoder: string, failure: string, by: EndedBy): void {
    const { limits, name, clock } = this.#options;
    if (by === 'none') return;
    if (by === 'encoder') this.#hardware.failed(clock.now());
    else this.#bySoftware = clock.now() + LEFT_ALONE;
    limits.hit(
      'hardwareEncoder.failures',
      `${name}: live view`,
      `software encodes for an hour, ${encoder}: ${failure}`,
    );
  }

  /** A host that never converts anything is asked for nothing; one that does, when it has done. */
  #proveAtRest(): void {
    const { signal } = this.#closing;
    if (signal.aborted || this.#encoders.facts.running > 0) return;
    if (!this.#hardware.isUnknown(this.#options.clock.now())) return;
    this.#proof = this.#hardware.proveIn(REST, { ...this.#options, signal });
  }
}

/** One encoder and those who watch what it makes. */
class Encoding implements RunningEncoder {
  readonly #listeners = new Set<EncodingListener>();
  readonly #clock: Clock;
  readonly #onEnd: (failure: string | undefined, by: EndedBy) => void;
  #ended = false;
  readonly #isHardware: boolean;
  readonly #timeline = new MediaTimeline();
  readonly #transcoder: Transcoder;
  readonly #kept = new KeptGroup();
  /** What its pictures show; `undefined`: no time, since they are live. */
  readonly #corner: CornerClock | undefined;
  /** When viewers were told that it is wrong, ms. */
  #told: number | undefined;
  #newest: VideoFrame | undefined;
  /** Media times here, which are nobody's, ms: of the newest picture that was written, and of the newest that was made. */
  #written = 0;
  #made = 0;

  /** @param onEnd nobody watches any more, or it has failed, and why: comes before the listeners are told */
  constructor(
    { ffmpeg, clock, name, limits, feed }: CameraEncodingsOptions,
    { pictures }: Beginning,
    settings: TranscodeSettings,
    onEnd: (failure: string | undefined, by: EndedBy) => void,
  ) {
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#isHardware = settings.hardware !== undefined;
    const codec = pictures[0]?.codec ?? 'h264';
    const fps = measuredFps(
      pictures.map(({ timestamp }) => timestamp),
      settings.fps,
    );
    const newest = pictures.at(-1);
    const coded = pictures[0] && codedSize(nalUnitsOf(pictures[0]));
    // Both streams of the past are the same.
    if (newest && coded && feed('main').recorded) this.#corner = cornerClock(newest.timestamp, clock.wall());
    const corner = this.#corner && coded ? cornerFilters(this.#corner, sizeWithin(coded, settings)) : [];
    const past = pictures.length - 1;
    this.#transcoder = new Transcoder({
      ...{ ffmpeg, owner: { name, limits }, codec, fps, past, inside: MAX_INSIDE },
      ...(this.#isHardware && { patience: { clock, ms: PATIENCE } }),
      arguments: transcodeArguments({ codec, fps, past, corner }, settings),
      onPicture: (picture, time) => this.#show(picture, time),
      onFailure: (reason, by) => this.#fail(reason, by),
    });
    // Of those of the past only the newest is shown: they all have its time.
    if (newest) this.#written = this.#timeline.mediaTime(newest.timestamp, clock.now());
    for (const picture of pictures) this.#transcoder.write(picture, this.#written);
    this.#newest = newest;
  }

  /** The newest picture that was written. */
  get newest(): VideoFrame | undefined {
    return this.#newest;
  }

  get behind(): number {
    return this.#transcoder.behind;
  }

  /** It shows another time than that of the newest picture. */
  get outdated(): boolean {
    const [corner, newest] = [this.#corner, this.#newest];
    return (
      corner !== undefined && newest !== undefined && isWrong(corner, cornerClock(newest.timestamp, this.#clock.wall()))
    );
  }

  /** @param mediaTime of the viewer, of the newest picture that was written, ms */
  share(viewer: EncodingListener, mediaTime: number): EncodingShare {
    let offset = mediaTime - this.#written;
    const listener: EncodingListener = {
      picture: (picture, time) => viewer.picture(picture, time + offset),
      failed: (reason, another) => viewer.failed(reason, another),
      outdated: () => viewer.outdated(),
    };
    this.#listeners.add(listener);
    const listeners = this.#listeners;
    const made = () => ({ pictures: this.#kept.pictures, mediaTime: this.#made + offset });
    return {
      get sole() {
        return listeners.size === 1 && listeners.has(listener);
      },
      get made() {
        return made();
      },
      write: (frame, time) => {
        offset = time - this.#write(frame);
      },
      close: async () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        this.#end();
        await this.#transcoder.close();
      },
    };
  }

  #end(failure?: string, by: EndedBy = 'none'): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd(failure, by);
  }

  #write(frame: VideoFrame): number {
    if (frame !== this.#newest) {
      this.#newest = frame;
      this.#written = this.#timeline.mediaTime(frame.timestamp, this.#clock.now());
      this.#transcoder.write(frame, this.#written);
      if (this.outdated) this.#tell();
    }
    return this.#written;
  }

  #tell(): void {
    const now = this.#clock.now();
    if (now - (this.#told ?? -Infinity) < TOLD_AGAIN) return;
    this.#told = now;
    // Not while they write: what they do then is to begin with this picture again.
    queueMicrotask(() => {
      for (const listener of [...this.#listeners]) listener.outdated();
    });
  }

  /** One that cannot be told takes the newest time: drift cannot build up. */
  #show(picture: Picture, time = this.#written): void {
    this.#made = time;
    this.#kept.push(picture);
    for (const listener of [...this.#listeners]) listener.picture(picture, time);
  }

  #fail(reason: string, by: EndedBy): void {
    this.#end(reason, by);
    const another = this.#isHardware && by !== 'none';
    for (const listener of [...this.#listeners]) listener.failed(reason, another);
  }
}
