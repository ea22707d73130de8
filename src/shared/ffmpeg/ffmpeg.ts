import type { Child } from './child.js';
import { Children, type InputLimit } from './children.js';
import type { ChildOwner, ChildPurpose } from './start-limiter.js';

/** An ffmpeg that runs on this machine, and what it can do. */
export interface Ffmpeg {
  /** A path, or the bare name of what PATH leads to; empty if there is none. */
  readonly path: string;
  /** Such as `7.1` or `N-47683-g0e8eb07980`; empty if there is none. */
  readonly version: string;
  readonly encoders: ReadonlySet<string>;
  /** Starts it, within limits: see {@link startFfmpeg}. */
  readonly children: Children;
}

/** Where no ffmpeg was found: video that HomeKit can show passes without one. */
export const noFfmpeg: Ffmpeg = { path: '', version: '', encoders: new Set(), children: new Children() };

/** Option of an input, whatever it is or refers to: it is read from the pipe, and from nowhere else. */
export const INPUT_FROM_PIPE_ONLY = ['-protocol_whitelist', 'pipe'];

/** Options of an output: FLV on stdout, each picture at once. */
export const FLV_TO_PIPE = ['-flvflags', 'no_duration_filesize', '-flush_packets', '1', '-f', 'flv', 'pipe:1'];

/**
 * Starts ffmpeg with an input on its stdin; as `Children.start`.
 *
 * @param args options of the input first, `-i pipe:0`, the rest. No text from outside may be among them: a filter graph
 *   reads files, asks servers and writes files; numbers must be numbers.
 * @param owner whose process it is
 * @param pipes further ones: an input on one of them needs {@link INPUT_FROM_PIPE_ONLY} of its own
 */
export function startFfmpeg(
  ffmpeg: Pick<Ffmpeg, 'path' | 'children'>,
  purpose: ChildPurpose,
  args: readonly string[],
  owner?: ChildOwner,
  pipes = 0,
  input?: InputLimit,
): Child {
  return ffmpeg.children.start(
    purpose,
    ffmpeg.path,
    ['-hide_banner', '-nostats', '-loglevel', 'error', ...INPUT_FROM_PIPE_ONLY, ...args],
    owner,
    pipes,
    input,
  );
}
