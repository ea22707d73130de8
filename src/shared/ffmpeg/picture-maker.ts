import { availableParallelism } from 'node:os';
import { BusyError, ConversionError } from '../errors.js';
import { limits } from '../limits.js';
import { type Ffmpeg, INPUT_FROM_PIPE_ONLY, startFfmpeg } from './ffmpeg.js';
import type { ChildOwner } from './start-limiter.js';

/** Coded as it came: one picture or more of a video (Annex B), or a JPEG. */
export type PictureCodec = 'h264' | 'h265' | 'jpeg';

/** Processes at once: as many as the machine has cores, 2 at least and 4 at most. */
const WORKERS = Math.min(4, Math.max(2, availableParallelism()));
/** A picture that takes longer is given up. ms: decoding 4096x4096 takes 1 s of a small machine's core. */
const PICTURE_LIMIT = 3000;

const INPUT_FORMATS: Readonly<Record<PictureCodec, string>> = { h264: 'h264', h265: 'hevc', jpeg: 'mjpeg' };

/** What is to become a JPEG. */
export interface CodedPicture {
  readonly codec: PictureCodec;
  readonly data: Buffer;
  /** Pictures in it, of which the last is wanted. Default: 1. */
  readonly count?: number | undefined;
  /** Pixels; a wider picture is scaled down, in its own shape. Default: as it is. */
  readonly width?: number | undefined;
}

/** What becomes of a coded picture in ffmpeg. */
export interface PictureConversion {
  readonly codec: PictureCodec;
  /** The graph between the picture and its JPEG, links of one chain. */
  readonly filters: readonly string[];
}

/** File descriptors on which a process takes its n-th picture, from 0, and gives its JPEG: stdin and stdout, then further pipes. */
export function picturePipes(index: number): { readonly input: number; readonly output: number } {
  return index === 0 ? { input: 0, output: 1 } : { input: 2 * index + 1, output: 2 * index + 2 };
}

/**
 * ffmpeg arguments: each of the coded pictures on a pipe of its own, its JPEG on another ({@link picturePipes}). They have
 * decoders of their own. Whatever size a picture turns out to have, no more than the limit is decoded; one thread keeps
 * memory low, and one picture gains nothing from more.
 */
export function pictureArguments(...pictures: readonly PictureConversion[]): string[] {
  const inputs = pictures.flatMap(({ codec }, index) => [
    // That of the first is there already, see `startFfmpeg`.
    ...(index > 0 ? INPUT_FROM_PIPE_ONLY : []),
    ...['-max_pixels', `${limits.snapshot.pixels}`, '-threads', '1', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', INPUT_FORMATS[codec], '-i', `pipe:${picturePipes(index).input}`],
  ]);
  const outputs = pictures.flatMap(({ filters }, index) => [
    ...['-map', `${index}:v:0`, '-frames:v', '1', '-vf', filters.join(','), '-c:v', 'mjpeg', '-threads', '1'],
    ...['-q:v', '4', '-f', 'image2pipe', `pipe:${picturePipes(index).output}`],
  ]);
  return [...inputs, ...outputs];
}

/** A filter graph can read and write files and ask servers: what is not a number does not get into it. */
export function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('a filter takes whole numbers only');
  return value.toFixed(0);
}

/** Makes JPEGs of coded pictures for whoever asks, each by an ffmpeg of its own, a few at a time. */
export class PictureMaker {
  readonly #ffmpeg: Pick<Ffmpeg, 'path' | 'children'>;
  readonly #workers: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** @param workers processes at once */
  constructor(ffmpeg: Pick<Ffmpeg, 'path' | 'children'>, workers = WORKERS) {
    this.#ffmpeg = ffmpeg;
    this.#workers = workers;
  }

  /** Processes at the moment. */
  get busy(): number {
    return this.#busy;
  }

  /**
   * The (last) picture as JPEG.
   *
   * @param owner whose it is: each may have so many a minute
   * @throws {@link ConversionError} where ffmpeg makes none of it; {@link BusyError} where too many wait;
   *   {@link TooManyStartsError}; the signal's reason
   */
  async make(owner: ChildOwner, picture: CodedPicture, signal?: AbortSignal): Promise<Buffer> {
    await this.#turn(owner);
    try {
      signal?.throwIfAborted();
      return await this.#convert(owner, picture, signal);
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn({ name, limits: counters }: ChildOwner): Promise<void> {
    if (this.#busy >= this.#workers) {
      if (this.#waiting.length >= limits.picture.waiting) {
        counters?.hit('picture.waiting', `${name}: picture`, 'too many wait to be made: another one is refused');
        throw new BusyError('too many pictures wait to be made');
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }

  async #convert(owner: ChildOwner, { codec, data, count = 1, width }: CodedPicture, signal?: AbortSignal) {
    const filters = [
      ...(count > 1 ? [`select='gte(n,${wholeNumber(count - 1)})'`] : []),
      ...(width === undefined ? [] : [`scale='min(iw,${wholeNumber(width)})':-2`]),
      'format=yuvj420p',
    ];
    const child = startFfmpeg(this.#ffmpeg, 'picture', pictureArguments({ codec, filters }), owner);
    const stop = () => void child.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      child.end(data);
      const { output, exit } = await this.#ffmpeg.children.output(child, PICTURE_LIMIT);
      signal?.throwIfAborted();
      if (output.length > 0 && exit.code === 0) return output;
      throw exit.error ?? new ConversionError(`ffmpeg made no picture: ${exit.complaint || 'it gave no reason'}`);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}
