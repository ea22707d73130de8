import type { Readable } from 'node:stream';
import { type LimitCounters, limits, NvrError, NvrUnreachableError, ReplyTooLargeError } from '../shared/index.js';

/**
 * A download as one Buffer. However it ends, nothing of it is left open.
 *
 * @param name of the operation, for messages
 * @param signal that of the call, whose reason is then the error
 * @param counters of the NVR that sends it
 * @throws ReplyTooLargeError, NvrUnreachableError where it breaks off
 */
export async function readDownload(
  stream: Readable,
  name: string,
  signal: AbortSignal,
  counters: LimitCounters,
  limit: 'flow.download' | 'flow.clip' = 'flow.download',
): Promise<Buffer> {
  const size = limit === 'flow.clip' ? limits.flow.clip : limits.flow.download;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop early destroys the stream.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > size) {
        counters.hit(limit, name, 'it is given up');
        throw new ReplyTooLargeError(`${name}: the download exceeds ${size / 1024 / 1024} MiB`, limit);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NvrError) throw error;
    throw new NvrUnreachableError(`the download broke off: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks, length);
}
