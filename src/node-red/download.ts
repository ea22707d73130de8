import type { Readable } from 'node:stream';
import { NvrError, NvrUnreachableError, ReplyTooLargeError } from '../shared/index.js';

/** Bytes; the largest download that becomes the payload of a message. */
const MAX_DOWNLOAD = 256 * 1024 * 1024;

/**
 * A download as one Buffer. However it ends, nothing of it is left open.
 *
 * @param signal that of the call, whose reason is then the error
 * @throws ReplyTooLargeError, NvrUnreachableError where it breaks off
 */
export async function readDownload(stream: Readable, signal: AbortSignal, limit = MAX_DOWNLOAD): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Leaving the loop early destroys the stream.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) throw new ReplyTooLargeError(`the download exceeds ${limit / 1024 / 1024} MiB`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NvrError) throw error;
    throw new NvrUnreachableError(`the download broke off: ${(error as Error).message}`);
  }
  return Buffer.concat(chunks, length);
}
