import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { systemClock } from '../clock.js';

/**
 * Has a file made under a temporary name beside its own, which it gets once it is whole. Where anything fails, nothing is
 * left, and what stood there before stands there still: always so where it is a device, a pipe or a socket, such as
 * `/dev/null`, which the system would be without from then on.
 *
 * @param make is told the temporary name, which nothing has yet
 */
export async function makeWhole<T>(path: string, make: (draft: string) => Promise<T>): Promise<T> {
  const draft = `${path}.part-${randomBytes(4).toString('hex')}`;
  await requireReplaceable(path);
  await removeAbandoned(dirname(path)).catch(() => undefined);
  try {
    const result = await make(draft);
    await rename(draft, path);
    return result;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function requireReplaceable(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (!there || there.isFile() || there.isDirectory()) return;
  throw Object.assign(new Error(`${path} is a device, a pipe or a socket, and no file takes its place`), {
    code: 'EEXIST',
  });
}

/** {@link makeWhole} of what is written piece by piece. */
export function writeWhole<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  return makeWhole(path, async (draft) => {
    const file = await open(draft, 'wx');
    try {
      return await write(file);
    } finally {
      await file.close();
    }
  });
}

const DRAFT = /\.part-[0-9a-f]{8}$/;
/** ms without a byte after which nobody writes a draft any more, and between two looks into a folder. */
const ABANDONED = 3_600_000;
/** Folders of which it is remembered. */
const FOLDERS = 64;
/** When each folder was looked through, `Clock.now()`. */
const looked = new Map<string, number>();

/** Removes what a crash has left of files that were being written. */
async function removeAbandoned(folder: string): Promise<void> {
  const now = systemClock.now();
  if (now - (looked.get(folder) ?? -Infinity) < ABANDONED) return;
  if (looked.size >= FOLDERS) looked.clear();
  looked.set(folder, now);
  for (const name of await readdir(folder)) {
    if (!DRAFT.test(name)) continue;
    const draft = join(folder, name);
    const { mtimeMs } = await stat(draft);
    if (systemClock.wall() - mtimeMs > ABANDONED) await rm(draft, { force: true });
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
