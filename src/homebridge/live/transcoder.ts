import type { VideoCodec, VideoFrame } from '../../shared/index.js';
import { nalUnits, nalUnitsOf, prepend } from '../../shared/codec/index.js';
import { type Child, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { FlvReader } from '../../shared/codec/index.js';
import { measuredFps, pictureNumber, transcodeArguments, type TranscodeSettings } from './transcode-arguments.js';
import type { Picture } from './video-sender.js';

/** ffmpeg's parser gives a picture away once it sees the next begin: a delimiter after each saves that wait. */
const DELIMITERS: Readonly<Record<VideoCodec, { type: number; bytes: Buffer }>> = {
  h264: { type: 9, bytes: Buffer.from([0, 0, 0, 1, 0x09, 0xf0]) },
  h265: { type: 35, bytes: Buffer.from([0, 0, 0, 1, 0x46, 0x01, 0x50]) },
};

/** Pictures inside ffmpeg at once; more are not remembered. */
const MAX_INSIDE = 300;

export interface TranscoderOptions {
  readonly ffmpeg: Ffmpeg;
  /** The camera's name: its processes are counted. */
  readonly owner: string;
  readonly settings: TranscodeSettings;
  /** Where decoding starts: a keyframe and the pictures since. Only the newest of them is shown. */
  readonly pictures: readonly VideoFrame[];
  /** Media time of the newest of them, ms. */
  readonly mediaTime: number;
  readonly onPicture: (picture: Picture, mediaTime: number) => void;
  /** ffmpeg ended by itself or stopped reading. */
  readonly onFailure: (reason: string) => void;
}

/** Turns pictures that HomeKit cannot show into H.264 that it can, each with the media time that it came with. */
export class Transcoder {
  readonly #options: TranscoderOptions;
  readonly #child: Child;
  readonly #codec: VideoCodec;
  readonly #fps: number;
  /** Media times by picture number. */
  readonly #mediaTimes = new Map<number, number>();
  #written = 0;
  /** It takes no more pictures. */
  #stuck = false;
  #stopping = false;

  constructor(options: TranscoderOptions) {
    const { ffmpeg, owner, pictures, settings, mediaTime } = options;
    this.#options = options;
    this.#codec = pictures[0]?.codec ?? 'h264';
    this.#fps = measuredFps(
      pictures.map((picture) => picture.timestamp),
      settings.fps,
    );
    const past = Math.max(0, pictures.length - 1);
    this.#child = startFfmpeg(
      ffmpeg,
      'video',
      transcodeArguments({ codec: this.#codec, fps: this.#fps, past }, settings),
      owner,
    );
    const reader = new FlvReader();
    this.#child.read((bytes) => {
      for (const { time, data, keyframe } of reader.push(bytes)) {
        this.#deliver({ nals: nalUnits('h264', data), size: data.length, keyframe }, time);
      }
    });
    void this.#child.exited.then(({ complaint }) => this.#fail(complaint));
    for (const picture of pictures) this.write(picture, mediaTime);
  }

  /** @param mediaTime ms */
  write(frame: VideoFrame, mediaTime: number): void {
    const { type, bytes } = DELIMITERS[this.#codec];
    // Two delimiters in a row would count as a picture.
    const units = [...nalUnitsOf(frame)].filter((unit) => unit.type !== type);
    if (!this.#child.write(prepend(units, bytes))) {
      // One that has ended, or was never started, says why itself.
      this.#stuck = true;
      void this.#child.stop();
      return;
    }
    this.#mediaTimes.set(this.#written, mediaTime);
    this.#mediaTimes.delete(this.#written - MAX_INSIDE);
    this.#written += 1;
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#child.stop();
  }

  #deliver(picture: Picture, time: number): void {
    const number = pictureNumber(time, this.#fps);
    // One that cannot be told (ffmpeg made it up while it lost pictures) takes the newest time: drift cannot build up.
    const mediaTime = this.#mediaTimes.get(number) ?? this.#mediaTimes.get(this.#written - 1);
    if (mediaTime !== undefined && !this.#stopping) this.#options.onPicture(picture, mediaTime);
  }

  #fail(complaint: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    const otherwise = this.#stuck ? 'it does not keep up with the camera' : 'it gave no reason';
    this.#options.onFailure(`ffmpeg ended: ${complaint || otherwise}`);
  }
}
