import { finished, pipeline, type Readable, Transform } from 'node:stream';
import { ConversionError, NvrError, NvrUnreachableError } from '../errors.js';
import { type ChildExit, type ChildOwner, Children, startFfmpeg } from '../ffmpeg/index.js';
import { limits } from '../limits.js';
import { peek } from '../link/transport.js';

/** Where the MP4 goes: in pieces that need no seeking, or into a file, which can be played while it is still loading. */
export type Mp4Target = ({ readonly to: 'stream' } | { readonly to: 'file'; readonly path: string }) & {
  /** How long the recording is, which bounds what its conversion may cost. Default: 0. */
  readonly seconds?: number;
};

/** bytes at the beginning of an AVI, enough for the headers of its streams */
const HEADERS = 512;

/** What ffmpeg ends with, and without a word, where it has to stop before it is done: by `-timelimit`, or by SIGTERM. */
const OUT_OF_TIME = 255;

/** Conversions of this process: what they have in common is the machine. */
const clipChildren = new Children();

/** A running ffmpeg. */
export interface Remux {
  /** The MP4, where it goes into a stream; breaks off with an error where anything fails. */
  readonly output: Readable;
  /** Why it failed, once ffmpeg has ended; `undefined` where it did not. */
  readonly ended: Promise<Error | undefined>;
}

/**
 * Makes MP4 of AVI by ffmpeg: video untouched, sound as AAC. Nothing is left running once either end is destroyed.
 *
 * @param path of ffmpeg
 * @param signal that of the download, whose reason is then the error
 * @param owner whose clip it is
 * @throws {@link ConversionError} where ffmpeg does not start, {@link TooManyStartsError} where it may not
 */
export async function remux(
  path: string,
  avi: Readable,
  target: Mp4Target,
  signal: AbortSignal | undefined,
  owner: ChildOwner,
  children: Children = clipChildren,
): Promise<Remux> {
  const child = startFfmpeg({ path, children }, 'clip', argumentsFor(await codecOf(avi), target), owner);
  const { stdin, stdout } = child;
  if (child.pid === undefined || !stdin || !stdout) throw failureOf(await child.exited, 'ffmpeg does not run');
  let broken: Error | undefined;
  const ended = child.exited.then((exit) => {
    if (broken ?? exit.code === 0) return broken;
    if (exit.code !== OUT_OF_TIME || exit.complaint !== '') return failureOf(exit);
    owner.limits?.hit('clip.work', owner.name, 'converting one takes too long, and is given up');
    const work = workOf(target);
    return new ConversionError(`ffmpeg was stopped before it was done, after ${work} s of a processor at most`);
  });
  const giveUp = (reason: Error) => {
    broken ??= reason;
    void child.stop();
  };
  // At once: an ffmpeg whose input just ends takes what it got for all there is, and reports no failure.
  finished(avi, { writable: false }, (error) => {
    // An ffmpeg that reads no further has had enough of it, or says itself why: the end of what it makes is still to come.
    if (!error || stdin.destroyed) return;
    const cutOff = () =>
      error instanceof NvrError ? error : new NvrUnreachableError(`the clip broke off: ${error.message}`);
    giveUp(signal?.aborted ? (signal.reason as Error) : cutOff());
  });
  pipeline(avi, stdin, () => undefined);
  const abort = () => giveUp(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  void ended.then(() => signal?.removeEventListener('abort', abort));
  const output = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void ended.then((failure) => done(failure)),
    destroy: (error, done) => {
      void child.stop().then(() => done(error));
    },
  });
  if (target.to === 'stream') stdout.pipe(output);
  else {
    child.read(() => undefined);
    // Nobody reads it where the MP4 goes into a file: `ended` tells.
    output.on('error', () => undefined);
  }
  void ended.then((failure) => failure && output.destroy(failure));
  return { output, ended };
}

function failureOf({ code, complaint, error }: ChildExit, what = 'ffmpeg could not convert the clip'): NvrError {
  return error ?? new ConversionError(`${what}: ${complaint || `code ${code}`}`);
}

async function codecOf(avi: Readable): Promise<'h264' | 'hevc'> {
  const head = (await peek(avi, HEADERS)).toString('latin1');
  return /vids(h265|hevc|hev1|hvc1|x265)/i.test(head) ? 'hevc' : 'h264';
}

function argumentsFor(codec: 'h264' | 'hevc', target: Mp4Target): string[] {
  const bounds = ['-max_alloc', `${allocationOf(target)}`, '-timelimit', `${workOf(target)}`];
  // AVI has no timestamps.
  const input = [...bounds, '-fflags', '+genpts', '-f', 'avi'];
  // Older ffmpegs do not know H.265 in AVI by its name; Apple's players know it in MP4 by one name only.
  const [decoder, tag] =
    codec === 'hevc'
      ? [
          ['-c:v', 'hevc'],
          ['-tag:v', 'hvc1'],
        ]
      : [[], []];
  const streams = ['-map', '0:v:0', '-map', '0:a:0?', '-c:v', 'copy', ...tag, '-c:a', 'aac', '-b:a', '32k'];
  const output =
    target.to === 'stream'
      ? ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', 'pipe:1']
      : ['-movflags', '+faststart', '-f', 'mp4', '-y', `file:${target.path}`];
  return [...input, ...decoder, '-i', 'pipe:0', ...streams, ...output];
}

/** bytes at once */
function allocationOf({ to, seconds = 0 }: Mp4Target): number {
  const { allocation, index, largestIndex } = limits.clip;
  return to === 'file' ? Math.min(largestIndex, allocation + Math.ceil(seconds) * index) : allocation;
}

/** s of a processor: thousands of titles cost ffmpeg more than hours of video do. Windows knows no such limit. */
function workOf({ seconds = 0 }: Mp4Target): number {
  return limits.clip.work + Math.ceil(seconds);
}
