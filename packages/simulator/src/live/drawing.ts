/**
 * The simulator's pictures, drawn cell by cell: 80 x 45 cells, whatever the size in pixels. No font, so the same on every
 * machine. The top four rows say the same for machines; test/support/picture-mark.ts describes and reads them.
 */
export const COLUMNS = 80;
export const ROWS = 45;
/** Luma of a cell. */
export const GROUND = 96;
const BLACK = 16;
const WHITE = 235;
/** Where the bar at the bottom begins again. */
const BAR_STEPS = 30;

/** What a picture shows. */
export interface Scene {
  /** 1–15 */
  readonly channel: number;
  /** 0 main, 1 sub */
  readonly stream: 0 | 1;
  /** 0–149 */
  readonly picture: number;
  /** In the middle, such as `12:59:30`: digits, `.`, `:` and some capital letters. */
  readonly time: string;
  /** Cells a dot of {@link time}. */
  readonly timeSize: 1 | 2;
}

/** Luma of each cell, row by row. */
export function drawCells({ channel, stream, picture, time, timeSize }: Scene): Uint8Array {
  const cells = new Uint8Array(COLUMNS * ROWS).fill(GROUND);
  markBits(channel, stream, picture).forEach((bit, block) => fill(cells, block * 4, 0, 4, 4, bit ? WHITE : BLACK));
  write(cells, `CH ${channel} ${stream === 0 ? 'MAIN' : 'SUB'}`, 7, 1);
  write(cells, time, timeSize === 2 ? 17 : 20, timeSize);
  write(cells, `F ${String(picture).padStart(3, '0')}`, 34, 1);
  fill(cells, picture % BAR_STEPS, 42, 4, 2, WHITE);
  return cells;
}

/** Chroma that tells the channel from afar. */
export function chromaOf(channel: number): { readonly cb: number; readonly cr: number } {
  const angle = (channel / 8) * 2 * Math.PI;
  return { cb: 128 + Math.round(40 * Math.cos(angle)), cr: 128 + Math.round(40 * Math.sin(angle)) };
}

/** Five columns by seven rows a glyph; each number is a row, its lowest bit the rightmost column. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  0: [14, 17, 19, 21, 25, 17, 14],
  1: [4, 12, 4, 4, 4, 4, 14],
  2: [14, 17, 1, 2, 4, 8, 31],
  3: [31, 2, 4, 2, 1, 17, 14],
  4: [2, 6, 10, 18, 31, 2, 2],
  5: [31, 16, 30, 1, 1, 17, 14],
  6: [6, 8, 16, 30, 17, 17, 14],
  7: [31, 1, 2, 4, 8, 8, 8],
  8: [14, 17, 17, 14, 17, 17, 14],
  9: [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  F: [31, 16, 16, 30, 16, 16, 16],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  U: [17, 17, 17, 17, 17, 17, 14],
  '.': [0, 0, 0, 0, 0, 12, 12],
  ':': [0, 12, 12, 0, 12, 12, 0],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** @param size cells a dot */
function write(cells: Uint8Array, text: string, top: number, size: number): void {
  const left = Math.floor((COLUMNS - (text.length * 6 - 1) * size) / 2);
  text.split('').forEach((character, position) =>
    GLYPHS[character]?.forEach((bits, row) => {
      for (let column = 0; column < 5; column++) {
        if (!((bits >> (4 - column)) & 1)) continue;
        fill(cells, left + (position * 6 + column) * size, top + row * size, size, size, WHITE);
      }
    }),
  );
}

function fill(cells: Uint8Array, left: number, top: number, width: number, height: number, luma: number): void {
  for (let row = top; row < top + height; row++) cells.fill(luma, row * COLUMNS + left, row * COLUMNS + left + width);
}

/** The 20 blocks of the machine-readable mark: start, channel (4), stream (1), picture (8), check (4), end. */
function markBits(channel: number, stream: number, picture: number): readonly number[] {
  const check = channel ^ (picture >> 4) ^ (picture & 15) ^ (stream * 10);
  const bits = (value: number, count: number) =>
    Array.from({ length: count }, (_, at) => (value >> (count - 1 - at)) & 1);
  return [1, 0, ...bits(channel, 4), stream, ...bits(picture, 8), ...bits(check, 4), 1];
}
