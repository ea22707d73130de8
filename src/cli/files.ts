import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Failure } from './failure.js';

/**
 * Writes a file under a temporary name beside its own, which it gets once it is whole. Where anything fails, nothing is
 * left.
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
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * A stream into a file, whole or not at all.
 *
 * @param told how many bytes there are so far
 */
export async function saveStream(
  path: string,
  stream: Readable,
  signal: AbortSignal,
  told: (bytes: number) => void,
): Promise<number> {
  return writeWhole(path, async (file) => {
    let bytes = 0;
    // Leaving the loop early destroys the stream.
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      await file.writeFile(chunk);
      bytes += chunk.length;
      told(bytes);
    }
    return bytes;
  });
}

/** A file from outside, of limited size; it may be a pipe. @throws {@link Failure} `FILE_FAILED` */
export async function readLimited(path: string, limit: number): Promise<Buffer> {
  try {
    return await readStream(createReadStream(path), limit, path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('FILE_FAILED', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** All of a stream, of limited size. @throws {@link Failure} `FILE_FAILED` */
export async function readStream(stream: NodeJS.ReadableStream, limit: number, name = 'the input'): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw new Failure('FILE_FAILED', `${name} is larger than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}
