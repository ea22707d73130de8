import {
  type FlvPicture,
  FlvReader,
  h264Demands,
  isBidirectional,
  isSlice,
  nalUnits,
  reorderedPictures,
  sequenceParameters,
} from '../codec/index.js';
import type { Clock, Timer } from '../clock.js';
import type { Child } from './child.js';
import { type Ffmpeg, FLV_TO_PIPE, startFfmpeg } from './ffmpeg.js';
import { hardwareArguments, type HardwareEncoder } from './hardware-encoders.js';

/** What an encoder has to make, all of it at the same time: sizes and profiles that phones ask for. */
const TASKS = [
  { width: 1280, height: 720, profile: 77 },
  { width: 1920, height: 1080, profile: 100 },
  { width: 320, height: 180, profile: 66 },
] as const;
type Task = (typeof TASKS)[number];

/** Streams that it has shown to encode at a time: some hardware takes no more than a few. */
export const PROVEN_AT_ONCE = TASKS.length;
const PICTURES = 20;
const FPS = 15;
/** Pictures from one keyframe to the next. */
const KEYFRAMES = 10;
const BITRATE = 2000;
/** Level 4.0 */
const LEVEL = 40;
/** Types of NAL units (H.264 table 7-1). */
const [IDR, SPS] = [5, 7];
/** Pictures that it may hold back: one, which is 67 ms of a camera. */
const HELD_BACK = 1;
/** ms for all pictures of a task. A driver that is loaded for the first time takes a second or two. */
const TIME = 10_000;

/** The pattern, blocks of one value each: dark and bright ones, which move from picture to picture, in two colours. */
const BLOCKS = { width: 16, height: 9, luma: [60, 190], blue: [90, 160], red: [170, 100] } as const;
/** What a block's mean may be off by: a tenth of the scale, for rounding, ranges of values and the encoder itself. */
const TOLERANCE = 25;
const PLANE = BLOCKS.width * BLOCKS.height;
const PICTURE = 3 * PLANE;

/** A picture of the pattern: planes of luma, blue and red. @param number which one, from 0 */
export function patternPicture(number: number): Buffer {
  const picture = Buffer.alloc(PICTURE);
  for (let block = 0; block < PLANE; block += 1) {
    const [across, down] = [block % BLOCKS.width, Math.floor(block / BLOCKS.width)];
    const isBright = (across + number) % 4 < 2 === (down % 2 === 0);
    picture[block] = BLOCKS.luma[isBright ? 1 : 0];
    picture[PLANE + block] = BLOCKS.blue[down < 4 ? 0 : 1];
    picture[2 * PLANE + block] = BLOCKS.red[down < 4 ? 0 : 1];
  }
  return picture;
}

const PATTERN = Array.from({ length: PICTURES }, (_, number) => patternPicture(number));

export interface ProofOptions {
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Proves an encoder: it is given a moving pattern as pictures of a camera are, with its stdin kept open, for several streams at
 * a time. Every picture has to come out at once, in order, in the asked profile, with keyframes that stand alone, and the
 * software decoder has to see the pattern in it. No process is left.
 *
 * @returns why it is not good enough, in words; `undefined` for one that is
 */
export async function faultOfEncoder(encoder: HardwareEncoder, options: ProofOptions): Promise<string | undefined> {
  const trials: Trial[] = [];
  const { signal } = options;
  const stop = () => void Promise.all(trials.map((trial) => trial.stop()));
  signal.addEventListener('abort', stop);
  try {
    const [first, ...others] = TASKS;
    // Where there is no such hardware at all, the first one shows it.
    for (const tasks of [[first], others]) {
      signal.throwIfAborted();
      const begun = tasks.map((task) => new Trial(encoder, task, options));
      trials.push(...begun);
      for (const trial of begun) await trial.filled;
    }
    for (const trial of trials) trial.check();
    // Their hardware is given back before the processor is kept busy.
    await Promise.all(trials.map((trial) => trial.stop()));
    for (const { pictures, task } of trials) await checkPattern(pictures, task, options);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(trials.map((trial) => trial.stop()));
  }
}

/** The first of them that proves to be good enough; `undefined`: none, or aborted. @param refused why one is not */
export async function firstProven(
  encoders: readonly HardwareEncoder[],
  options: ProofOptions,
  refused: (encoder: HardwareEncoder, fault: string) => void = () => undefined,
): Promise<HardwareEncoder | undefined> {
  for (const encoder of encoders) {
    const fault = await faultOfEncoder(encoder, options);
    if (options.signal.aborted) return undefined;
    if (fault === undefined) return encoder;
    refused(encoder, fault);
  }
  return undefined;
}

/** One stream that is encoded. */
class Trial {
  readonly task: Task;
  readonly pictures: FlvPicture[] = [];
  /** Rejects where it does not make the pictures in time. */
  readonly filled: Promise<undefined>;
  readonly #child: Child;
  readonly #timer: Timer;

  constructor(encoder: HardwareEncoder, task: Task, { ffmpeg, clock }: ProofOptions) {
    this.task = task;
    this.#child = startFfmpeg(ffmpeg, 'probe', proofArguments(encoder, task), { name: encoder.name });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.filled = promise;
    // Who waits for another one first learns of it later.
    promise.catch(() => undefined);
    const reader = new FlvReader();
    this.#child.read((bytes) => {
      this.pictures.push(...reader.push(bytes));
      if (this.pictures.length >= PICTURES - HELD_BACK) resolve(undefined);
    });
    this.#timer = clock.after(TIME, () =>
      reject(new Error(`${this.pictures.length} of ${PICTURES} pictures came within ${TIME / 1000} s`)),
    );
    void this.#child.exited.then(({ complaint }) =>
      reject(new Error(`ffmpeg ended: ${complaint || 'no reason given'}`)),
    );
    for (const picture of PATTERN) this.#child.write(picture);
  }

  /** @throws what is wrong with the pictures */
  check(): void {
    const fault = faultOfPictures(this.pictures, this.task);
    if (fault !== undefined) throw new Error(fault);
  }

  stop(): Promise<void> {
    this.#timer.cancel();
    return this.#child.stop();
  }
}

function proofArguments(encoder: HardwareEncoder, task: Task): string[] {
  const { width, height, profile } = task;
  return [
    ...[...encoder.device, '-probesize', '32', '-analyzeduration', '0', '-r', `${FPS}`],
    ...[
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv444p',
      '-video_size',
      `${BLOCKS.width}x${BLOCKS.height}`,
      '-i',
      'pipe:0',
      '-an',
    ],
    ...['-vf', `scale=${width}:${height}:flags=neighbor,${encoder.intake}`],
    ...[...hardwareArguments(encoder, { profile, bitrate: BITRATE }), '-g', `${KEYFRAMES}`, ...FLV_TO_PIPE],
  ];
}

/** What is wrong with them as a stream. Pure. */
export function faultOfPictures(pictures: readonly FlvPicture[], asked: Task): string | undefined {
  let since = Infinity;
  for (const [index, { time, data, keyframe }] of pictures.entries()) {
    // Which one it is, is told by its time.
    if (Math.round((time * FPS) / 1000) !== index) return `picture ${index} has the time of another one`;
    since = keyframe ? 1 : since + 1;
    if (since > KEYFRAMES) return 'keyframes come too seldom';
    const nals = [...nalUnits('h264', data)];
    if (nals.some((nal) => isSlice('h264', nal.type) && isBidirectional(nal))) return 'pictures are reordered';
    const fault = keyframe ? faultOfKeyframe(data, asked) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfKeyframe(data: Buffer, asked: Task): string | undefined {
  const nals = [...nalUnits('h264', data)];
  const sps = nals.find(({ type }) => type === SPS)?.data;
  const demands = h264Demands(data);
  if (!sps || !demands || !nals.some(({ type }) => type === IDR)) return 'a keyframe does not stand alone';
  if (demands.profile !== asked.profile) return `profile ${demands.profile} instead of ${asked.profile}`;
  if (demands.level > LEVEL) return `level ${demands.level} instead of ${LEVEL}`;
  if ((reorderedPictures(sps) ?? 0) > 0) return 'pictures are reordered';
  const size = sequenceParameters('h264', sps)?.shown;
  if (size?.width !== asked.width || size.height !== asked.height) return 'pictures of another size';
  return undefined;
}

/** @throws where the software decoder sees something else */
async function checkPattern(
  pictures: readonly FlvPicture[],
  task: Task,
  { ffmpeg, signal }: ProofOptions,
): Promise<void> {
  signal.throwIfAborted();
  const scaled = `scale=${BLOCKS.width}:${BLOCKS.height}:flags=area`;
  const child = startFfmpeg(
    ffmpeg,
    'probe',
    [
      ...['-r', `${FPS}`, '-f', 'h264', '-i', 'pipe:0', '-an', '-vf', scaled],
      ...['-pix_fmt', 'yuv444p', '-f', 'rawvideo', 'pipe:1'],
    ],
    { name: 'decoder' },
  );
  const stop = () => void child.stop();
  signal.addEventListener('abort', stop);
  try {
    child.end(Buffer.concat(pictures.map(({ data }) => data)));
    const { output, exit } = await ffmpeg.children.output(child, TIME);
    if (exit.code !== 0) throw new Error(`its pictures cannot be decoded: ${exit.complaint}`);
    const seen = Array.from({ length: output.length / PICTURE }, (_, index) =>
      output.subarray(index * PICTURE, (index + 1) * PICTURE),
    );
    const isWrong = seen.length !== pictures.length || seen.some((picture, index) => !isAlike(picture, PATTERN[index]));
    if (isWrong) throw new Error(`its pictures of ${task.width}x${task.height} show something else`);
  } finally {
    signal.removeEventListener('abort', stop);
    await child.stop();
  }
}

function isAlike(picture: Buffer, pattern: Buffer | undefined): boolean {
  return pattern !== undefined && picture.every((value, at) => Math.abs(value - (pattern[at] ?? 0)) <= TOLERANCE);
}
