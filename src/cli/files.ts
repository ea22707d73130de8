import { constants, createReadStream, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { Failure } from './failure.js';

/** A file from outside, of limited size; it may be a pipe. @throws {@link Failure} `FILE_FAILED`; the signal's reason */
export async function readLimited(path: string, limit: number, signal: AbortSignal): Promise<Buffer> {
  try {
    return await readStream(await openStream(path), limit, signal, path);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw new Failure('FILE_FAILED', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** To open a pipe in the usual way waits for who writes to it, and holds the process: not even its end would end that. */
async function openStream(path: string): Promise<Readable> {
  const isPipe = process.platform !== 'win32' && (await stat(path)).isFIFO();
  if (!isPipe) return createReadStream(path);
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** The same where nobody means a pipe: it would be waited for without end. @throws {@link Failure} `FILE_FAILED` */
export async function readPlainFile(path: string, limit: number, signal: AbortSignal): Promise<Buffer> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => true,
  );
  if (!isFile) throw new Failure('FILE_FAILED', `${path} is no plain file`);
  return readLimited(path, limit, signal);
}

/** All of a stream, of limited size. @throws {@link Failure} `FILE_FAILED`; an error when the signal ends it */
export async function readStream(
  stream: Readable,
  limit: number,
  signal: AbortSignal,
  name = 'the input',
): Promise<Buffer> {
  return readPieces(addAbortSignal(signal, stream), limit, name);
}

/** All of what comes in pieces, of limited size. @throws {@link Failure} `FILE_FAILED`; what the pieces throw */
export async function readPieces(pieces: AsyncIterable<unknown>, limit: number, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of pieces) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    length += bytes.length;
    if (length > limit) throw new Failure('FILE_FAILED', `${name} is larger than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}
