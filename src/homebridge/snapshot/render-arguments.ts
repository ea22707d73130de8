import { clockFace } from './clock-face.js';
import type { PictureSize } from './snapshot-policy.js';

/** Coded as it came: a keyframe (Annex B) or a JPEG. */
export type PictureCodec = 'h264' | 'h265' | 'jpeg';

const INPUT_FORMATS: Readonly<Record<PictureCodec, string>> = { h264: 'h264', h265: 'hevc', jpeg: 'mjpeg' };

/** ffmpeg arguments: one coded picture on stdin, one JPEG of exactly this size on stdout, aspect kept by black bars. */
export function renderArguments(codec: PictureCodec, size: PictureSize, date?: Date): string[] {
  const { width, height } = size;
  const filters = [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
    ...(date ? ['lutyuv=y=val/3', ...dateFilters(date, size)] : []),
    'format=yuvj420p',
  ];
  return [
    ...['-probesize', '32', '-analyzeduration', '0'],
    ...['-f', INPUT_FORMATS[codec], '-i', 'pipe:0', '-frames:v', '1', '-an'],
    ...['-vf', filters.join(','), '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe', 'pipe:1'],
  ];
}

function dateFilters(date: Date, size: PictureSize): string[] {
  return clockFace(date.getHours(), date.getMinutes(), size).map(
    ({ x, y, width, height }) => `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=white:t=fill`,
  );
}
