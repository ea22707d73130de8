import type { PictureSize } from '../../shared/codec/index.js';
import { pictureArguments, type PictureCodec, wholeNumber as whole } from '../../shared/ffmpeg/index.js';
import { behindCorner, type Box, clockFace, type TimeShown } from './clock-face.js';

export type { PictureCodec, TimeShown };

/**
 * ffmpeg arguments: coded pictures on stdin, one JPEG of exactly this size on stdout, aspect kept by black bars.
 *
 * @param dated when the picture was the present: it is dimmed, or a corner of it, and that is written on it
 * @param skip pictures that come before the one that is wanted: it cannot be decoded without them. Default: none
 */
export function renderArguments(codec: PictureCodec, size: PictureSize, dated?: TimeShown, skip = 0): string[] {
  const { width, height } = size;
  const filters = [
    ...(skip > 0 ? [`select=gte(n\\,${whole(skip)})`] : []),
    `scale=${whole(width)}:${whole(height)}:force_original_aspect_ratio=decrease`,
    `pad=${whole(width)}:${whole(height)}:(ow-iw)/2:(oh-ih)/2`,
    ...(dated ? clockFilters(dated, size) : []),
    'format=yuvj420p',
  ];
  return pictureArguments(codec, filters);
}

function clockFilters(time: TimeShown, size: PictureSize): string[] {
  const digits = clockFace(time, size).map((each) => box(each, 'white'));
  const dimmed = time.corner ? box(behindCorner(time, size), 'black@0.6') : 'lutyuv=y=val/3';
  return [dimmed, ...digits];
}

function box({ x, y, width, height }: Box, colour: string): string {
  return `drawbox=x=${whole(x)}:y=${whole(y)}:w=${whole(width)}:h=${whole(height)}:color=${colour}:t=fill`;
}
