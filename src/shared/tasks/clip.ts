import type { Readable } from 'node:stream';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { backupVideoClip } from '../sdk/clips.js';
import { secondsOf, type TimeRange } from './time-range.js';

/** Which recording, in whole seconds: the NVR may begin at the keyframe before. */
export interface ClipQuery extends TimeRange {
  /** From 1. */
  readonly channel: number;
  readonly stream: StreamName;
}

/**
 * The recording of a range of time as AVI, as it comes from the NVR (SDK 9.12): H.264 or H.265, G.711. Who stops reading
 * destroys the stream, which ends the download; aborting the signal does, too.
 *
 * @throws {@link InvalidParameterError}; `NVR_REFUSED` where nothing is recorded; as `call` does
 */
export async function downloadClip(client: NvrCalls, query: ClipQuery, options: CallOptions = {}): Promise<Readable> {
  const { from, to } = secondsOf(query);
  const params = { ChannelID: query.channel, stream: streamNumber(query.stream), startTime: from, endTime: to };
  return client.call(backupVideoClip, params, options);
}
