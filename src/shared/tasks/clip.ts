import { PassThrough, pipeline, type Readable } from 'node:stream';
import { ReplyTooLargeError } from '../errors.js';
import { limits } from '../limits.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { backupVideoClip } from '../sdk/clips.js';
import { secondsOf, type TimeRange } from './time-range.js';
import { saveStream } from './whole-file.js';

/** Which recording, in whole seconds: the NVR may begin at the keyframe before. */
export interface ClipQuery extends TimeRange {
  /** From 1. */
  readonly channel: number;
  readonly stream: StreamName;
}

export interface SaveOptions extends CallOptions {
  /** Is told how many bytes the NVR has sent so far. It does not say how many there will be. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

/**
 * The recording of a range of time as AVI, as it comes from the NVR (SDK 9.12): H.264 or H.265, G.711. Who stops reading
 * destroys the stream, which ends the download; aborting the signal does, too.
 *
 * @throws {@link InvalidParameterError}; `NVR_REFUSED` where nothing is recorded; as `call` does
 */
export async function downloadClip(
  client: NvrCalls,
  query: ClipQuery,
  { progress, ...options }: SaveOptions = {},
): Promise<Readable> {
  const { perSecond, least } = limits.clip;
  const { from, to } = secondsOf(query);
  const params = { ChannelID: query.channel, stream: streamNumber(query.stream), startTime: from, endTime: to };
  const stream = await client.call(backupVideoClip, params, options);
  const most = least + (to - from) * perSecond;
  return counted(stream, (bytes) => {
    progress?.(bytes);
    if (bytes <= most || stream.destroyed) return;
    client.limits?.hit('clip.perSecond', `clip of camera ${query.channel}`, 'it goes on and on, and is given up');
    stream.destroy(new ReplyTooLargeError(`the clip has more than ${most} bytes`, 'clip.perSecond'));
  });
}

function counted(stream: Readable, told: (bytes: number) => void): Readable {
  let bytes = 0;
  const counter = new PassThrough();
  stream.on('data', (chunk: Buffer) => told((bytes += chunk.length)));
  // What either of them ends with ends the other.
  return pipeline(stream, counter, () => undefined);
}

/**
 * The same as a file. It appears under its name when it is complete; until then it has another beside it.
 *
 * @returns its size, bytes
 * @throws as {@link downloadClip}; errors of the file system
 */
export async function saveClip(
  client: NvrCalls,
  query: ClipQuery,
  file: string,
  { progress, ...options }: SaveOptions = {},
): Promise<number> {
  const stream = await downloadClip(client, query, options);
  return saveStream(file, stream, options.signal, progress).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw error;
  });
}
