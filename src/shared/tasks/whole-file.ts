import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/**
 * Writes a file under a temporary name beside its own, which it gets once it is whole. Where anything fails, nothing is
 * left, and what stood there before stands there still.
 */
export async function writeWhole<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const draft = `${path}.part-${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(draft, 'wx');
    let result: T;
    try {
      result = await write(file);
    } finally {
      await file.close();
    }
    await rename(draft, path);
    return result;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * A stream into a file, whole or not at all.
 *
 * @param told how many bytes there are so far
 * @returns how many there are
 */
export async function saveStream(
  path: string,
  stream: Readable,
  signal: AbortSignal | undefined,
  told: (bytes: number) => void = () => undefined,
): Promise<number> {
  try {
    return await writeWhole(path, async (file) => {
      let bytes = 0;
      // Leaving the loop early destroys the stream.
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        await file.writeFile(chunk);
        bytes += chunk.length;
        told(bytes);
      }
      return bytes;
    });
  } finally {
    // Where not even the file could be made.
    stream.destroy();
  }
}
