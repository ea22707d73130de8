import type { PictureSize } from '../../shared/codec/index.js';
import { pictureArguments, type PictureCodec, wholeNumber as whole } from '../../shared/ffmpeg/index.js';
import { clockFace } from './clock-face.js';

export type { PictureCodec };

/** Hours and minutes on a clock face. */
export interface TimeOfDay {
  readonly hours: number;
  readonly minutes: number;
}

/**
 * ffmpeg arguments: coded pictures on stdin, one JPEG of exactly this size on stdout, aspect kept by black bars.
 *
 * @param dated when the picture was the present: it is dimmed, and that is written on it
 * @param skip pictures that come before the one that is wanted: it cannot be decoded without them. Default: none
 */
export function renderArguments(codec: PictureCodec, size: PictureSize, dated?: TimeOfDay, skip = 0): string[] {
  const { width, height } = size;
  const filters = [
    ...(skip > 0 ? [`select=gte(n\\,${whole(skip)})`] : []),
    `scale=${whole(width)}:${whole(height)}:force_original_aspect_ratio=decrease`,
    `pad=${whole(width)}:${whole(height)}:(ow-iw)/2:(oh-ih)/2`,
    ...(dated ? ['lutyuv=y=val/3', ...clockFilters(dated, size)] : []),
    'format=yuvj420p',
  ];
  return pictureArguments(codec, filters);
}

function clockFilters({ hours, minutes }: TimeOfDay, size: PictureSize): string[] {
  return clockFace(hours, minutes, size).map(
    ({ x, y, width, height }) =>
      `drawbox=x=${whole(x)}:y=${whole(y)}:w=${whole(width)}:h=${whole(height)}:color=white:t=fill`,
  );
}
