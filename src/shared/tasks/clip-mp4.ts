import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { abortable } from '../clock.js';
import { ConversionError, NvrError } from '../errors.js';
import type { NvrCalls } from '../link/caller.js';
import { type ClipQuery, downloadClip, type SaveOptions } from './clip.js';
import { type Mp4Target, type Remux, remux } from './remux.js';
import { secondsOf } from './time-range.js';
import { makeWhole } from './whole-file.js';

export interface Mp4Options extends SaveOptions {
  /** Path of ffmpeg. Default: the one on PATH. */
  readonly ffmpeg?: string | undefined;
}

/**
 * The recording of a range of time as MP4 (fragmented, so that it can be played and sent on while it comes): the NVR's
 * own video, sound as AAC. Destroying the stream, or aborting the signal, ends the download and ffmpeg.
 *
 * @throws {@link ConversionError}, also out of the stream; as {@link downloadClip}
 */
export async function downloadClipAsMp4(
  client: NvrCalls,
  query: ClipQuery,
  options: Mp4Options = {},
): Promise<Readable> {
  return (await convert(client, query, options, { to: 'stream' })).output;
}

/** Files that are being written, by path, and when each is over. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * The same as a file. It appears under its name when it is complete; until then it has another beside it. Where the same
 * file is being written already, that one comes first.
 *
 * @throws {@link ConversionError}; as {@link downloadClip}
 */
export async function saveClipAsMp4(
  client: NvrCalls,
  query: ClipQuery,
  file: string,
  options: Mp4Options = {},
): Promise<void> {
  const { signal } = options;
  const key = resolve(file);
  const before = underWay.get(key) ?? Promise.resolve();
  const turn = signal && underWay.has(key) ? abortable(before, signal) : before;
  const saved = turn.then(() => save(client, query, file, options));
  // Who gives up waiting lets nobody past the one before.
  const over = Promise.all([before, saved.catch(() => undefined)]);
  underWay.set(key, over);
  try {
    await saved;
  } finally {
    void over.then(() => underWay.get(key) === over && underWay.delete(key));
  }
}

async function save(client: NvrCalls, query: ClipQuery, file: string, options: Mp4Options): Promise<void> {
  try {
    await makeWhole(file, async (path) => {
      const { ended } = await convert(client, query, options, { to: 'file', path });
      const failure = await ended;
      if (failure) throw failure;
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof NvrError) throw error;
    throw new ConversionError(`the clip cannot be put in its place: ${(error as Error).message}`);
  }
}

async function convert(client: NvrCalls, query: ClipQuery, options: Mp4Options, target: Mp4Target): Promise<Remux> {
  const { ffmpeg = 'ffmpeg', ...callOptions } = options;
  const avi = await downloadClip(client, query, callOptions);
  try {
    const { from, to } = secondsOf(query);
    return await remux(ffmpeg, avi, { ...target, seconds: to - from }, options.signal, {
      name: 'clips',
      limits: client.limits,
    });
  } catch (error) {
    avi.destroy();
    throw error;
  }
}
