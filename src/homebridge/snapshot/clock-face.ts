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

/** What a picture that is not of now says of its time. */
export interface TimeShown {
  readonly hours: number;
  readonly minutes: number;
  /** Where it was not today. */
  readonly date?: { readonly month: number; readonly day: number };
  /** In a corner, of a picture that is to be seen. Default: in the middle, over one that is no use any more. */
  readonly corner?: boolean;
}

/**
 * `HH:MM` as boxes (pixels), and `MM-DD` below it where there is a date. Boxes, because every ffmpeg can draw those, while
 * text needs a font library and a font.
 */
export function clockFace({ hours, minutes, date, corner }: TimeShown, size: PictureSize): Box[] {
  const unit = strokeOf(size, corner);
  // A picture may be smaller than the digits.
  const left = Math.max(0, corner ? 2 * unit : Math.floor(size.width / 2) - 14 * unit);
  const top = Math.max(0, corner ? size.height - (date ? 20 : 10) * unit : Math.floor(size.height / 2) - 4 * unit);
  const time = line(hours, colon, minutes, { left, top, unit });
  return date ? [...time, ...line(date.month, dash, date.day, { left, top: top + 10 * unit, unit })] : time;
}

/** What is darkened in a corner, so that the time can be read there. */
export function behindCorner({ date }: TimeShown, size: PictureSize): Box {
  const unit = strokeOf(size, true);
  const height = (date ? 22 : 12) * unit;
  return { x: 0, y: Math.max(0, size.height - height), width: Math.min(size.width, 32 * unit), height };
}

/** Width of a stroke: half as wide where the picture is to be seen. */
function strokeOf({ width, height }: PictureSize, corner = false): number {
  return Math.max(1, Math.floor(Math.min(height / 40, width / 60) / (corner ? 2 : 1)));
}

interface Pen {
  readonly left: number;
  readonly top: number;
  readonly unit: number;
}

/** Two numbers with a sign between them. */
function line(
  first: number,
  sign: (x: number, y: number, unit: number) => Box[],
  second: number,
  { left, top, unit }: Pen,
): Box[] {
  const digits = [Math.floor(first / 10), first % 10, undefined, Math.floor(second / 10), second % 10];
  return digits.flatMap((digit, index) => {
    const x = left + index * 6 * unit;
    return digit === undefined ? sign(x, top, unit) : digitBoxes(digit, x, top, unit);
  });
}

function dash(x: number, y: number, unit: number): Box[] {
  return [whole({ x: x + unit, y: y + 3.5 * unit, width: 2 * unit, height: unit })];
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
