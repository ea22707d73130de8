import { ConversionError } from '../errors.js';
import { type Ffmpeg, startFfmpeg } from './ffmpeg.js';
import type { ChildOwner } from './start-limiter.js';

/** The samples that an NVR takes (SDK 3.2): µ-law of 8 kHz, one channel. */
const OUTPUT = ['-vn', '-ac', '1', '-ar', '8000', '-f', 'mulaw', 'pipe:1'];

/**
 * The sound of a file of whatever kind ffmpeg knows, as µ-law of 8 kHz, one channel. It is made while it is taken: where
 * nobody takes its samples ffmpeg waits, and only the file itself is held. Who stops taking them, or ends it with the
 * signal, leaves no process behind.
 *
 * @param file without tags in front, which fill ffmpeg's memory (`withoutTags`)
 * @throws {@link ConversionError} where ffmpeg makes no sound of it; {@link TooManyStartsError}; the signal's reason
 */
export async function* muLawOf(
  file: Buffer,
  ffmpeg: Pick<Ffmpeg, 'path' | 'children'>,
  signal: AbortSignal,
  owner?: ChildOwner,
): AsyncGenerator<Buffer, void> {
  signal.throwIfAborted();
  const child = startFfmpeg(ffmpeg, 'sound', ['-i', 'pipe:0', ...OUTPUT], owner);
  const stop = () => void child.stop();
  signal.addEventListener('abort', stop);
  try {
    child.end(file);
    try {
      for await (const samples of child.stdout ?? []) yield samples as Buffer;
    } catch {
      // Its output breaks off where it is stopped: its exit says why.
      await child.stop();
    }
    const { code, complaint, error } = await child.exited;
    signal.throwIfAborted();
    if (error) throw error;
    if (code !== 0) throw new ConversionError(`ffmpeg makes no sound of it: ${complaint}`);
  } finally {
    signal.removeEventListener('abort', stop);
    await child.stop();
  }
}
