import { spawn } from 'node:child_process';
import { findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { readPictureMark, type PictureMark } from '../picture-mark.js';
import { until } from '../until.js';
import type { HapHome } from './hap-home.js';

/** Pixels of the pictures that marks are read from. */
const [WIDTH, HEIGHT] = [320, 180];

export interface DecodedPictures {
  /** Pixels, as coded. */
  readonly width: number;
  readonly height: number;
  /** The simulator's mark in each decoded picture. */
  readonly marks: readonly (PictureMark | undefined)[];
}

/** Decodes H.264 (Annex B), JPEG or a whole clip with a real ffmpeg. */
export async function decodePictures(
  format: 'h264' | 'mjpeg' | 'avi' | 'mp4',
  bytes: Buffer,
  decoder?: 'h264' | 'hevc',
): Promise<DecodedPictures> {
  const { path } = await findFfmpeg({ logger: silentLogger });
  const output = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-vf', `scale=${WIDTH}:${HEIGHT}`, '-vsync', '0', 'pipe:1'];
  const child = spawn(path, [
    ...['-hide_banner', ...(decoder ? ['-c:v', decoder] : []), '-f', format, '-i', 'pipe:0'],
    ...output,
  ]);
  const pixels: Buffer[] = [];
  let messages = '';
  child.stdout.on('data', (chunk: Buffer) => pixels.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (messages += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  const [, width, height] = /Video: .*?, (\d+)x(\d+)/.exec(messages) ?? [];
  if (!width || !height) throw new Error(`not decodable:\n${messages}`);
  return { width: Number(width), height: Number(height), marks: marksIn(Buffer.concat(pixels)) };
}

/**
 * The picture of a camera's tile. A machine that is too busy to make the first one within the second that Home is kept
 * waiting says that there is none yet; Home asks again, and so does this.
 */
export function tile(home: HapHome, aid: number, width: number, height: number): Promise<DecodedPictures> {
  return until(`a picture of accessory ${aid}`, async () => {
    const picture = await decodePictures('mjpeg', await home.snapshot(aid, width, height));
    return picture.marks[0] && picture;
  });
}

function marksIn(pixels: Buffer): (PictureMark | undefined)[] {
  const size = WIDTH * HEIGHT;
  return Array.from({ length: Math.floor(pixels.length / size) }, (_, index) =>
    readPictureMark(pixels.subarray(index * size, (index + 1) * size), WIDTH, HEIGHT),
  );
}
