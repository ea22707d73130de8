/**
 * The machine-readable mark in the simulator's pictures (drawn by scripts/make-simulator-media.mjs).
 *
 * The top 4/45 of the picture's height is one row of 20 equal blocks, black (0) or white (1):
 *
 * | block | 0 | 1 | 2–5 | 6 | 7–14 | 15–18 | 19 |
 * | --- | --- | --- | --- | --- | --- | --- | --- |
 * | | 1 | 0 | channel | stream: 0 main, 1 sub | picture 0–149 | check | 1 |
 *
 * Highest bit first; check = channel ^ (picture >> 4) ^ (picture & 15) ^ (stream * 10). Survives scaling to 320x180 and JPEG.
 */
export interface PictureMark {
  readonly channel: number;
  readonly stream: 'main' | 'sub';
  /** 0–149: (Unix time modulo 10 s) x 15 pictures a second. */
  readonly picture: number;
}

const BLOCKS = 20;
const MARK_HEIGHT = 4 / 45;
/** Around mid grey a block is neither: better no mark than a wrong one. */
const DARK = 96;
const BRIGHT = 160;

/**
 * Reads the mark from one picture of 8-bit grey pixels, row by row (ffmpeg: `-pix_fmt gray -f rawvideo`), in any size.
 * The picture must not be padded.
 * @returns `undefined` where there is no mark
 */
export function readPictureMark(pixels: Uint8Array, width: number, height: number): PictureMark | undefined {
  const bits = Array.from({ length: BLOCKS }, (_, block) => blockBit(pixels, width, height, block));
  if (bits.includes(undefined) || bits[0] !== 1 || bits[1] !== 0 || bits[19] !== 1) return undefined;
  const number = (from: number, to: number) =>
    bits.slice(from, to).reduce<number>((sum, bit) => sum * 2 + (bit ?? 0), 0);
  const [channel, stream, picture, check] = [number(2, 6), number(6, 7), number(7, 15), number(15, 19)];
  if (check !== (channel ^ (picture >> 4) ^ (picture & 15) ^ (stream * 10))) return undefined;
  return { channel, stream: stream === 0 ? 'main' : 'sub', picture };
}

/** The mean of the block's inner half tells its colour. */
function blockBit(pixels: Uint8Array, width: number, height: number, block: number): 0 | 1 | undefined {
  const blockWidth = width / BLOCKS;
  const left = Math.floor((block + 0.25) * blockWidth);
  const right = Math.ceil((block + 0.75) * blockWidth);
  const top = Math.floor(height * MARK_HEIGHT * 0.25);
  const bottom = Math.ceil(height * MARK_HEIGHT * 0.75);
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += pixels[y * width + x] ?? 0;
  const mean = sum / ((bottom - top) * (right - left));
  if (mean < DARK) return 0;
  return mean > BRIGHT ? 1 : undefined;
}
