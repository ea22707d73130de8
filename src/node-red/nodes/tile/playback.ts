import { once } from 'node:events';
import type { Response } from 'express';
import { abortable, ClosedError, InvalidParameterError, LiveMp4, type Nvr } from '../../../shared/index.js';
import { asError, codeOf } from '../../errors.js';
import type { Lane } from './sending.js';

/** What is played, and for whom. */
export interface PlaybackOrder {
  /** From 1. */
  readonly channel: number;
  /** ms since 1970 UTC. */
  readonly from: number;
  readonly takesHevc: boolean;
  readonly closing: AbortSignal;
}

/**
 * Sends recorded video as fast as the page takes it: where it is paused, it takes nothing, and the NVR waits. Resolves when
 * the page has left, or nothing more is recorded.
 */
export async function sendPlayback(
  response: Response,
  lane: Lane,
  client: Nvr,
  { channel, from, takesHevc, closing }: PlaybackOrder,
): Promise<void> {
  if (response.destroyed) return;
  const left = new AbortController();
  response.once('close', () => left.abort(new ClosedError('the page has left')));
  const signal = AbortSignal.any([closing, left.signal]);
  await using playback = client.playback({ channel, stream: 'main', from: new Date(from), signal });
  const mp4 = new LiveMp4();
  try {
    for await (const frame of playback.frames({ queue: 'wait', signal })) {
      if (frame.kind !== 'video') continue;
      if (frame.codec === 'h265' && !takesHevc) {
        throw new InvalidParameterError('codec', 'the recording is H.265, which this browser does not show');
      }
      for (const piece of mp4.push(frame)) lane.write(piece);
      if (response.writableNeedDrain) await abortable(once(response, 'drain'), signal);
    }
    lane.tell({ ended: true });
  } catch (error) {
    if (signal.aborted) return;
    // The document has no sign for the end of what is recorded: nothing comes any more.
    if (codeOf(error) === 'NVR_TIMEOUT') lane.tell({ ended: true });
    else lane.tell({ problem: { code: codeOf(error), message: asError(error).message } });
  }
}
