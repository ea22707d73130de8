import type { PictureSize } from '../../shared/codec/index.js';

/** The lit segments of each digit: top, upper left, upper right, middle, lower left, lower right, bottom. */
const SEGMENTS = [
  '1110111',
  '0010010',
  '1011101',
  '1011011',
  '0111010',
  '1101011',
  '1101111',
  '1010010',
  '1111111',
  '1111011',
];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * `HH:MM` as boxes (pixels) in the middle of a picture. Boxes, because every ffmpeg can draw those, while text needs a
 * font library and a font.
 */
export function clockFace(hours: number, minutes: number, size: PictureSize): Box[] {
  const unit = Math.max(1, Math.floor(Math.min(size.height / 40, size.width / 60)));
  const advance = 6 * unit;
  const left = Math.floor(size.width / 2) - Math.floor(2.5 * advance) + unit;
  const top = Math.floor(size.height / 2) - 4 * unit;
  const digits = [Math.floor(hours / 10), hours % 10, undefined, Math.floor(minutes / 10), minutes % 10];
  return digits.flatMap((digit, index) => {
    const at = { x: left + index * advance, y: top };
    return digit === undefined ? colon(at.x, at.y, unit) : digitBoxes(digit, at.x, at.y, unit);
  });
}

function colon(x: number, y: number, unit: number): Box[] {
  return [2, 5].map((row) => ({ x: x + 1.5 * unit, y: y + row * unit, width: unit, height: unit })).map(whole);
}

/** A digit is 4 units wide and 8 high, its strokes 1 unit. */
function digitBoxes(digit: number, x: number, y: number, unit: number): Box[] {
  const boxes: Box[] = [
    { x, y, width: 4 * unit, height: unit },
    { x, y, width: unit, height: 4 * unit },
    { x: x + 3 * unit, y, width: unit, height: 4 * unit },
    { x, y: y + 3.5 * unit, width: 4 * unit, height: unit },
    { x, y: y + 4 * unit, width: unit, height: 4 * unit },
    { x: x + 3 * unit, y: y + 4 * unit, width: unit, height: 4 * unit },
    { x, y: y + 7 * unit, width: 4 * unit, height: unit },
  ];
  return boxes.filter((_, index) => SEGMENTS[digit]?.[index] === '1').map(whole);
}

function whole(box: Box): Box {
  return { ...box, x: Math.floor(box.x), y: Math.floor(box.y) };
}
