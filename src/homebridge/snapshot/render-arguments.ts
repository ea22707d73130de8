import type { PictureSize } from '../../shared/codec/index.js';
import { pictureArguments, type PictureCodec, wholeNumber as whole } from '../../shared/ffmpeg/index.js';
import { behindCorner, type Box, clockFace, type TimeShown } from './clock-face.js';

export type { PictureCodec, TimeShown };

/** What is to become a JPEG. */
export interface Rendering {
  readonly codec: PictureCodec;
  /** Exactly that of the JPEG, aspect kept by black bars. */
  readonly size: PictureSize;
  /** When the picture was the present: it is dimmed, or a corner of it, and that is written on it. */
  readonly dated?: TimeShown | undefined;
  /** Pictures that come before the one that is wanted: it cannot be decoded without them. Default: none */
  readonly skip?: number;
}

/** ffmpeg arguments: coded pictures on their pipes, JPEGs on theirs (`picturePipes`). */
export function renderArguments(...pictures: readonly Rendering[]): string[] {
  return pictureArguments(...pictures.map((picture) => ({ codec: picture.codec, filters: filtersOf(picture) })));
}

function filtersOf({ size, dated, skip = 0 }: Rendering): string[] {
  const { width, height } = size;
  return [
    ...(skip > 0 ? [`select=gte(n\\,${whole(skip)})`] : []),
    `scale=${whole(width)}:${whole(height)}:force_original_aspect_ratio=decrease`,
    `pad=${whole(width)}:${whole(height)}:(ow-iw)/2:(oh-ih)/2`,
    ...(dated ? clockFilters(dated, size) : []),
    'format=yuvj420p',
  ];
}

function clockFilters(time: TimeShown, size: PictureSize): string[] {
  const digits = clockFace(time, size).map((each) => box(each, 'white'));
  const dimmed = time.corner ? box(behindCorner(time, size), 'black@0.6') : 'lutyuv=y=val/3';
  return [dimmed, ...digits];
}

function box({ x, y, width, height }: Box, colour: string): string {
  return `drawbox=x=${whole(x)}:y=${whole(y)}:w=${whole(width)}:h=${whole(height)}:color=${colour}:t=fill`;
}
