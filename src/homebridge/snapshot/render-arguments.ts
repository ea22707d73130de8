import { limits } from '../../shared/index.js';
import type { PictureSize } from '../../shared/codec/index.js';
import { clockFace } from './clock-face.js';

/** Coded as it came: a keyframe (Annex B) or a JPEG. */
export type PictureCodec = 'h264' | 'h265' | 'jpeg';

/** Hours and minutes on a clock face. */
export interface TimeOfDay {
  readonly hours: number;
  readonly minutes: number;
}

const INPUT_FORMATS: Readonly<Record<PictureCodec, string>> = { h264: 'h264', h265: 'hevc', jpeg: 'mjpeg' };

/**
 * ffmpeg arguments: one coded picture on stdin, one JPEG of exactly this size on stdout, aspect kept by black bars.
 * Whatever size the picture turns out to have, no more than the limit is decoded; one thread keeps memory low, and one
 * picture gains nothing from more.
 *
 * @param dated when the picture was the present: it is dimmed, and that is written on it
 */
export function renderArguments(codec: PictureCodec, size: PictureSize, dated?: TimeOfDay): string[] {
  const { width, height } = size;
  const filters = [
    `scale=${whole(width)}:${whole(height)}:force_original_aspect_ratio=decrease`,
    `pad=${whole(width)}:${whole(height)}:(ow-iw)/2:(oh-ih)/2`,
    ...(dated ? ['lutyuv=y=val/3', ...clockFilters(dated, size)] : []),
    'format=yuvj420p',
  ];
  return [
    ...['-max_pixels', `${limits.snapshot.pixels}`, '-threads', '1', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', INPUT_FORMATS[codec], '-i', 'pipe:0', '-frames:v', '1', '-an'],
    ...['-vf', filters.join(','), '-c:v', 'mjpeg', '-threads', '1', '-q:v', '4', '-f', 'image2pipe', 'pipe:1'],
  ];
}

function clockFilters({ hours, minutes }: TimeOfDay, size: PictureSize): string[] {
  return clockFace(hours, minutes, size).map(
    ({ x, y, width, height }) =>
      `drawbox=x=${whole(x)}:y=${whole(y)}:w=${whole(width)}:h=${whole(height)}:color=white:t=fill`,
  );
}

/** A filter graph can read and write files and ask servers: what is not a number does not get into it. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('a filter takes whole numbers only');
  return value.toFixed(0);
}
