import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, type Readable, Transform } from 'node:stream';
import { peek } from '../link/transport.js';
import { ConversionError, NvrError, NvrUnreachableError } from '../errors.js';

/** Where the MP4 goes: in pieces that need no seeking, or into a file, which can be played while it is still loading. */
export type Mp4Target = { readonly to: 'stream' } | { readonly to: 'file'; readonly path: string };

/** bytes at the beginning of an AVI, enough for the headers of its streams */
const HEADERS = 512;
/** bytes of ffmpeg's complaints that are kept */
const KEPT_STDERR = 2048;

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
 * @param signal that of the download, whose reason is then the error
 * @throws {@link ConversionError} where ffmpeg does not start
 */
export async function remux(
  ffmpeg: string,
  avi: Readable,
  target: Mp4Target,
  signal: AbortSignal | undefined,
): Promise<Remux> {
  const child = spawn(ffmpeg, argumentsFor(await codecOf(avi), target), { stdio: 'pipe' });
  let complaint = '';
  let broken: Error | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-KEPT_STDERR)));
  const ended = new Promise<Error | undefined>((resolve) => {
    child.once('error', (error) => resolve(new ConversionError(`ffmpeg does not run: ${error.message}`)));
    child.once('close', (code) => {
      const failed = new ConversionError(`ffmpeg could not convert the clip: ${complaint.trim() || `code ${code}`}`);
      resolve(code === 0 ? undefined : (broken ?? failed));
    });
  });
  pipeline(avi, child.stdin, (error) => {
    // Where ffmpeg stops reading it ends, and says itself why.
    if (!error || error.code === 'EPIPE') return;
    const cutOff = () =>
      error instanceof NvrError ? error : new NvrUnreachableError(`the clip broke off: ${error.message}`);
    broken = signal?.aborted ? (signal.reason as Error) : cutOff();
    child.kill('SIGKILL');
  });
  const output = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => void ended.then((failure) => done(failure)),
    destroy: (error, done) => {
      child.stdout.destroy();
      child.kill('SIGKILL');
      void ended.then(() => done(error));
    },
  });
  child.stdout.on('error', () => undefined);
  // Nobody reads it where the MP4 goes into a file: `ended` tells.
  if (target.to === 'file') output.on('error', () => undefined);
  await once(child, 'spawn').catch(() => undefined);
  if (child.pid === undefined) throw (await ended) ?? new ConversionError('ffmpeg did not start');
  child.stdout.pipe(output);
  void ended.then((failure) => failure && output.destroy(failure));
  return { output, ended };
}

async function codecOf(avi: Readable): Promise<'h264' | 'hevc'> {
  const head = (await peek(avi, HEADERS)).toString('latin1');
  return /vids(h265|hevc|hev1|hvc1|x265)/i.test(head) ? 'hevc' : 'h264';
}

function argumentsFor(codec: 'h264' | 'hevc', target: Mp4Target): string[] {
  // AVI has no timestamps. Only the pipe may be read, whatever the clip contains.
  const input = ['-fflags', '+genpts', '-protocol_whitelist', 'pipe', '-f', 'avi'];
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
  return ['-hide_banner', '-loglevel', 'error', ...input, ...decoder, '-i', 'pipe:0', ...streams, ...output];
}
