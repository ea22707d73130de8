import type { Clock, VideoCodec, VideoFrame } from '../../shared/index.js';
import { FlvReader, nalUnits, nalUnitsOf, prepend } from '../../shared/codec/index.js';
import { type Child, type ChildOwner, type Ffmpeg, type InputLimit, startFfmpeg } from '../../shared/ffmpeg/index.js';
import type { Picture } from './picture.js';
import { pictureNumber } from './transcode-arguments.js';

/** ffmpeg's parser gives a picture away once it sees the next begin: a delimiter after each saves that wait. */
const DELIMITERS: Readonly<Record<VideoCodec, { type: number; bytes: Buffer }>> = {
  h264: { type: 9, bytes: Buffer.from([0, 0, 0, 1, 0x09, 0xf0]) },
  h265: { type: 35, bytes: Buffer.from([0, 0, 0, 1, 0x46, 0x01, 0x50]) },
};

/** So much of the time between two pictures that are written counts as silence: the camera, or the network, was silent. ms */
const PAUSE = 1000;
/** Longer than later it may take to the first picture: a driver loads, and the past is decoded. Views wait 8 s. ms */
const FIRST_LOAD = 2000;

/**
 * What an end says of the encoder. `encoder`: it fell silent, or ended in mid-stream. `unclear`: it ended before its first
 * picture, and its input may be the reason. `none`: it was not started, or got more than was decoded in time.
 */
export type EndedBy = 'encoder' | 'unclear' | 'none';

export interface TranscoderOptions {
  readonly ffmpeg: Ffmpeg;
  /** The camera: its processes are counted. */
  readonly owner: ChildOwner;
  /** Of what is written. */
  readonly codec: VideoCodec;
  /** Pictures per second by which the arguments have ffmpeg number what is written. */
  readonly fps: number;
  /** Elementary stream on stdin, H.264 in FLV on stdout. */
  readonly arguments: readonly string[];
  /** Pictures that come first and do not come out. Default: none. */
  readonly past?: number;
  /**
   * It is given up where nothing comes out for so long, ms, both of the camera's time and of that in which it was written
   * to. Before its first picture it has 2 s more. Default: it is waited for.
   */
  readonly patience?: { readonly clock: Clock; readonly ms: number };
  /** Pictures inside ffmpeg at once; the media times of more are not remembered. */
  readonly inside: number;
  /** Default: `child.input`. */
  readonly input?: InputLimit;
  /**
   * @param mediaTime with which the picture was written, ms; `undefined` where that cannot be told: ffmpeg made it up
   *   while it lost pictures
   */
  readonly onPicture: (picture: Picture, mediaTime: number | undefined) => void;
  /** ffmpeg ended by itself, stopped reading, or was not started. */
  readonly onFailure: (reason: string, by: EndedBy) => void;
}

/** Turns pictures that HomeKit does not take as they are into H.264 that it does, each with its media time. */
export class Transcoder {
  readonly #options: TranscoderOptions;
  readonly #child: Child;
  /** Media times by picture number. */
  readonly #mediaTimes = new Map<number, number>();
  #written = 0;
  /** Number of the newest picture that came out; unknown up to the first. */
  #out: number | undefined;
  /** It takes no more pictures. */
  #stuck = false;
  /** It gives none. */
  #silent = false;
  /** When it was written to, ms of the clock, and how long it has given nothing since its newest picture, ms. */
  #fed: number | undefined;
  #silence = 0;
  #stopping = false;

  constructor(options: TranscoderOptions) {
    const { ffmpeg, owner, fps, onPicture, input } = options;
    this.#options = options;
    this.#child = startFfmpeg(ffmpeg, 'video', options.arguments, owner, 0, input);
    const reader = new FlvReader();
    this.#child.read((bytes) => {
      for (const { time, data, keyframe, whole } of reader.push(bytes)) {
        if (this.#stopping) continue;
        if (!whole)
          owner.limits?.hit('picture.nals', `${owner.name}: video`, "the rest of ffmpeg's picture is left out");
        this.#silence = 0;
        this.#out = pictureNumber(time, fps);
        const mediaTime = this.#mediaTimes.get(this.#out);
        onPicture({ nals: nalUnits('h264', data), size: data.length, keyframe }, mediaTime);
      }
    });
    void this.#child.exited.then(({ complaint }) => this.#fail(complaint));
  }

  /** ms of the camera's time between what was written and what came out; 0 while it starts. */
  get behind(): number {
    return this.#out === undefined ? 0 : ((this.#written - 1 - this.#out) * 1000) / this.#options.fps;
  }

  /** @param mediaTime ms */
  write(frame: VideoFrame, mediaTime: number): void {
    const { codec, inside } = this.#options;
    const { type, bytes } = DELIMITERS[codec];
    // Two delimiters in a row would count as a picture.
    const units = [...nalUnitsOf(frame)].filter((unit) => unit.type !== type);
    this.#listen();
    if (!this.#child.write(prepend(units, bytes))) {
      // One that has ended, or was never started, says why itself.
      this.#stuck = this.#child.stdin?.writable === true;
      void this.#child.stop();
      return;
    }
    this.#mediaTimes.set(this.#written, mediaTime);
    this.#mediaTimes.delete(this.#written - inside);
    this.#written += 1;
    if (!this.#isOverdue()) return;
    this.#silent = true;
    void this.#child.stop();
  }

  /** The time since it was written to is silence, unless nothing was there to be written. */
  #listen(): void {
    const now = this.#options.patience?.clock.now() ?? 0;
    this.#silence += Math.min(now - (this.#fed ?? now), PAUSE);
    this.#fed = now;
  }

  #isOverdue(): boolean {
    const { fps, past = 0, patience } = this.#options;
    if (!patience) return false;
    const { ms } = patience;
    const waiting = ((this.#written - 1 - (this.#out ?? past)) * 1000) / fps;
    return waiting > ms && this.#silence > (this.#out === undefined ? ms + FIRST_LOAD : ms);
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#child.stop();
  }

  get #endedBy(): EndedBy {
    if (this.#child.pid === undefined) return 'none';
    if (this.#silent) return 'encoder';
    if (this.#out === undefined) return 'unclear';
    return this.#stuck && this.#silence < PAUSE ? 'none' : 'encoder';
  }

  #fail(complaint: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    const why = this.#stuck ? 'it does not keep up with the camera' : 'it gave no reason';
    const otherwise = this.#silent ? 'it gives no pictures' : why;
    this.#options.onFailure(`ffmpeg ended: ${complaint || otherwise}`, this.#endedBy);
  }
}
