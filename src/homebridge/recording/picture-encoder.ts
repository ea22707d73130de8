import type { VideoCodec, VideoFrame } from '../../shared/index.js';
import { FlvReader, nalUnits, nalUnitsOf, prepend } from '../../shared/codec/index.js';
import { type Child, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { measuredFps, pictureNumber } from '../live/transcode-arguments.js';
import type { RecordedPicture } from './fragmenter.js';
import type { RecordingSettings } from './recording-settings.js';

/** ffmpeg's parser gives a picture away once it sees the next begin: a delimiter after each saves that wait. */
const DELIMITERS: Readonly<Record<VideoCodec, { type: number; bytes: Buffer }>> = {
  h264: { type: 9, bytes: Buffer.from([0, 0, 0, 1, 0x09, 0xf0]) },
  h265: { type: 35, bytes: Buffer.from([0, 0, 0, 1, 0x46, 0x01, 0x50]) },
};
const PROFILE_NAMES: Readonly<Record<number, string>> = { 66: 'baseline', 77: 'main', 100: 'high' };
/** Pictures inside ffmpeg at once; more are not remembered. */
const MAX_INSIDE = 1000;

export interface PictureEncoderOptions {
  readonly ffmpeg: Ffmpeg;
  /** The camera's name: its processes are counted. */
  readonly owner: string;
  readonly settings: RecordingSettings;
  /** The first ones, a keyframe at their head: they tell codec and rate. They are not encoded by that. */
  readonly pictures: readonly VideoFrame[];
  readonly onPicture: (picture: RecordedPicture) => void;
  /** ffmpeg ended by itself or stopped reading. */
  readonly onFailure: (reason: string) => void;
}

/** Turns pictures that cannot be recorded as they are into H.264 that can, each with the media time that it came with. */
export class PictureEncoder {
  readonly #options: PictureEncoderOptions;
  readonly #child: Child;
  readonly #codec: VideoCodec;
  readonly #fps: number;
  /** Media times by picture number. */
  readonly #times = new Map<number, number>();
  #written = 0;
  #stopping = false;

  constructor(options: PictureEncoderOptions) {
    const { ffmpeg, owner, settings, pictures } = options;
    const [keyframe] = pictures;
    this.#options = options;
    this.#codec = keyframe?.codec ?? 'h264';
    this.#fps = measuredFps(
      pictures.map(({ timestamp }) => timestamp),
      settings.fps,
    );
    const source = { codec: this.#codec, fps: this.#fps, upright: (keyframe?.height ?? 0) > (keyframe?.width ?? 0) };
    this.#child = startFfmpeg(ffmpeg, 'video', pictureArguments(source, settings), owner);
    const reader = new FlvReader();
    this.#child.read((bytes) => {
      for (const { time, data, keyframe: isKeyframe } of reader.push(bytes)) {
        const mediaTime = this.#times.get(pictureNumber(time, this.#fps));
        if (mediaTime === undefined || this.#stopping) continue;
        const nals = nalUnits('h264', data);
        this.#options.onPicture({ nals, size: data.length, keyframe: isKeyframe, time: mediaTime });
      }
    });
    void this.#child.exited.then(({ complaint }) => this.#fail(`ffmpeg ended: ${complaint || 'it gave no reason'}`));
  }

  /** @param time media time, ms */
  write(frame: VideoFrame, time: number): void {
    const { type, bytes } = DELIMITERS[this.#codec];
    // Two delimiters in a row would count as a picture.
    const units = [...nalUnitsOf(frame)].filter((unit) => unit.type !== type);
    if (!this.#child.write(prepend(units, bytes))) {
      this.#fail('ffmpeg does not keep up with the camera');
      return;
    }
    this.#times.set(this.#written, time);
    this.#times.delete(this.#written - MAX_INSIDE);
    this.#written += 1;
  }

  async close(): Promise<void> {
    this.#stopping = true;
    await this.#child.stop();
  }

  #fail(reason: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    void this.#child.stop();
    this.#options.onFailure(reason);
  }
}

interface EncodedSource {
  readonly codec: VideoCodec;
  /** Pictures per second. */
  readonly fps: number;
  readonly upright: boolean;
}

/**
 * Elementary stream on stdin, H.264 in FLV on stdout, keyframes at the interval that HomeKit chose. The time of an
 * output picture tells by its made-up constant rate which input it was (see `pictureNumber`).
 */
export function pictureArguments(source: EncodedSource, settings: RecordingSettings): string[] {
  const { codec, fps, upright } = source;
  const { width, height, bitrate, profile, keyframeInterval } = settings;
  const outputFps = Math.min(fps, settings.fps);
  const interval = Math.max(1, Math.floor((outputFps * keyframeInterval) / 1000));
  const factor = `min(1,min(${width}/iw,${height}/ih))`;
  const scale = `scale='trunc(iw*${factor}/2)*2':'trunc(ih*${factor}/2)*2'`;
  // Hubs take other sizes than the chosen one, but no upright picture where a wide one was chosen.
  const filter = upright && width > height ? `${scale},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2` : scale;
  return [
    ...['-probesize', '32', '-analyzeduration', '0', '-r', `${fps}`],
    ...['-f', codec === 'h265' ? 'hevc' : 'h264', '-i', 'pipe:0', '-an', '-vf', filter],
    ...(outputFps < fps ? ['-r', `${outputFps}`] : []),
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-bf', '0'],
    ...['-profile:v', PROFILE_NAMES[profile] ?? 'main', '-level:v', '4.0'],
    ...['-b:v', `${bitrate}k`, '-maxrate', `${bitrate}k`, '-bufsize', `${bitrate}k`],
    ...['-g', `${interval}`, '-keyint_min', `${interval}`, '-sc_threshold', '0'],
    ...['-flvflags', 'no_duration_filesize', '-flush_packets', '1', '-f', 'flv', 'pipe:1'],
  ];
}
