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
export function clockFace(shown: TimeShown, size: PictureSize): Box[] {
  const { hours, minutes, date } = shown;
  const pen = penFor(shown, size);
  const time = line(hours, colon, minutes, pen);
  return date ? [...time, ...line(date.month, dash, date.day, { ...pen, top: pen.top + 10 * pen.unit })] : time;
}

/** A stroke of the time of day, which some figures have. */
export interface Stroke extends Box {
  /** Of the digits of `HH:MM`, from 0. */
  readonly digit: number;
  /** Bit n: the figure n has it. */
  readonly figures: number;
}

/** All strokes that the digits of a {@link clockFace} in a corner may have: which of them are to be seen, the time tells. */
export function clockStrokes({ date }: Pick<TimeShown, 'date'>, size: PictureSize): Stroke[] {
  const { left, top, unit } = penFor({ corner: true, ...(date && { date }) }, size);
  return [0, 1, 3, 4].flatMap((place, digit) =>
    allBoxes(left + place * 6 * unit, top, unit).map((box, index) => ({ ...box, digit, figures: figuresWith(index) })),
  );
}

/** What does not change with the time of day: its colon, and the date. */
export function fixedStrokes({ date }: Pick<TimeShown, 'date'>, size: PictureSize): Box[] {
  const pen = penFor({ corner: true, ...(date && { date }) }, size);
  const { left, top, unit } = pen;
  const below = date ? line(date.month, dash, date.day, { ...pen, top: top + 10 * unit }) : [];
  return [...colon(left + 12 * unit, top, unit), ...below];
}

/** What is darkened in a corner, so that the time can be read there. */
export function behindCorner({ date }: Pick<TimeShown, 'date'>, size: PictureSize): Box {
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

function penFor({ date, corner }: Pick<TimeShown, 'date' | 'corner'>, size: PictureSize): Pen {
  const unit = strokeOf(size, corner);
  // A picture may be smaller than the digits.
  const left = Math.max(0, corner ? 2 * unit : Math.floor(size.width / 2) - 14 * unit);
  const top = Math.max(0, corner ? size.height - (date ? 20 : 10) * unit : Math.floor(size.height / 2) - 4 * unit);
  return { left, top, unit };
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

function digitBoxes(digit: number, x: number, y: number, unit: number): Box[] {
  return allBoxes(x, y, unit).filter((_, index) => SEGMENTS[digit]?.[index] === '1');
}

/** As bits. @param index of the segment */
function figuresWith(index: number): number {
  return SEGMENTS.reduce((bits, segments, figure) => bits + (segments[index] === '1' ? 2 ** figure : 0), 0);
}

/** A digit is 4 units wide and 8 high, its strokes 1 unit. */
function allBoxes(x: number, y: number, unit: number): Box[] {
  const boxes: Box[] = [
    { x, y, width: 4 * unit, height: unit },
    { x, y, width: unit, height: 4 * unit },
    { x: x + 3 * unit, y, width: unit, height: 4 * unit },
    { x, y: y + 3.5 * unit, width: 4 * unit, height: unit },
    { x, y: y + 4 * unit, width: unit, height: 4 * unit },
    { x: x + 3 * unit, y: y + 4 * unit, width: unit, height: 4 * unit },
    { x, y: y + 7 * unit, width: 4 * unit, height: unit },
  ];
  return boxes.map(whole);
}

function whole(box: Box): Box {
  return { ...box, x: Math.floor(box.x), y: Math.floor(box.y) };
}
