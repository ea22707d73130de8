import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Failure } from './failure.js';

/** A file from outside, of limited size; it may be a pipe. @throws {@link Failure} `FILE_FAILED` */
export async function readLimited(path: string, limit: number): Promise<Buffer> {
  try {
    return await readStream(createReadStream(path), limit, path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('FILE_FAILED', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The same where nobody means a pipe: it would be waited for without end. @throws {@link Failure} `FILE_FAILED` */
export async function readPlainFile(path: string, limit: number): Promise<Buffer> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
  if (!isFile) throw new Failure('FILE_FAILED', `${path} is no plain file`);
  return readLimited(path, limit);
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
