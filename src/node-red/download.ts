import type { Readable } from 'node:stream';
import { NvrError, NvrUnreachableError, ReplyTooLargeError } from '../shared/index.js';
import { type LimitCounters, limits } from '../shared/internal.js';

const MIB = 1024 * 1024;

/** Bytes of downloads that are under way, by the NVR's counters. */
const underWay = new WeakMap<LimitCounters, number>();

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
  const count = (bytes: number) => {
    const all = (underWay.get(counters) ?? 0) + bytes;
    underWay.set(counters, all);
    return all;
  };
  try {
    // Leaving the loop early destroys the stream.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      const all = count(chunk.length);
      if (length > size) {
        counters.hit(limit, name, 'it is given up');
        throw new ReplyTooLargeError(`${name}: the download exceeds ${size / MIB} MiB`, limit);
      }
      if (all > limits.flow.downloads) {
        counters.hit('flow.downloads', name, 'it is given up');
        const words = `${name}: with the others under way it exceeds ${limits.flow.downloads / MIB} MiB`;
        throw new ReplyTooLargeError(words, 'flow.downloads');
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NvrError) throw error;
    throw new NvrUnreachableError(`the download broke off: ${(error as Error).message}`);
  } finally {
    count(-length);
  }
  return Buffer.concat(chunks, length);
}
