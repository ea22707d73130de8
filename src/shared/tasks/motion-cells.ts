import { InvalidParameterError } from '../errors.js';

/** The grid of a camera's motion detection, as `cellLayout` of getAnalyticsMotionSettings has it (SDK 10.15). */
export interface CellLayout {
  readonly columns: number;
  readonly rows: number;
}

/** Whether motion counts in each cell: rows from top to bottom, and cells from left to right in each. */
export type MotionCells = readonly (readonly boolean[])[];

/**
 * The cells that `cellSettings` (SDK 10.15, 10.16) says are on: hexadecimal bytes, upper or lower case, most significant
 * bit first. What fills the last byte is not looked at.
 *
 * @throws {@link InvalidParameterError} at `cellLayout` or `cellSettings` where one is no use or they do not fit
 */
export function cellsFromHex(cellSettings: string, { columns, rows }: CellLayout): boolean[][] {
  const cells = columns * rows;
  if (!(isCount(columns) && isCount(rows) && Number.isSafeInteger(cells))) {
    throw new InvalidParameterError('cellLayout', 'must have at least one column and one row');
  }
  const digits = Math.ceil(cells / 8) * 2;
  if (cellSettings.length !== digits || !/^[0-9a-f]*$/i.test(cellSettings)) {
    throw new InvalidParameterError(
      'cellSettings',
      `must be ${digits} hexadecimal digits for ${columns} x ${rows} cells`,
    );
  }
  const bytes = Buffer.from(cellSettings, 'hex');
  const isOn = (cell: number) => ((bytes[cell >> 3] ?? 0) & (0x80 >> (cell & 7))) !== 0;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => isOn(row * columns + column)),
  );
}

/**
 * `cellSettings` for those cells, in upper case, the last byte filled with zeros.
 *
 * @throws {@link InvalidParameterError} at `cells`, or the row in it that is longer or shorter than the first one
 */
export function cellsToHex(cells: MotionCells): string {
  const columns = cells[0]?.length ?? 0;
  if (columns === 0) throw new InvalidParameterError('cells', 'must have at least one column and one row');
  const odd = cells.findIndex((row) => row.length !== columns);
  if (odd !== -1) throw new InvalidParameterError(`cells/${odd}`, `must have ${columns} cells, like the first row`);
  const bytes = Buffer.alloc(Math.ceil((columns * cells.length) / 8));
  for (const [cell, on] of cells.flat().entries()) {
    if (on) bytes.writeUInt8(bytes.readUInt8(cell >> 3) | (0x80 >> (cell & 7)), cell >> 3);
  }
  return bytes.toString('hex').toUpperCase();
}

/** The cells for people: a line for each row, `#` where motion counts and `.` where it does not. */
export function cellsToText(cells: MotionCells): string {
  return cells.map((row) => row.map((on) => (on ? '#' : '.')).join('')).join('\n');
}

/** @throws {@link InvalidParameterError} at `text` where it is not made of lines of `#` and `.` */
export function cellsFromText(text: string): boolean[][] {
  if (!/^[#.]+(\r?\n[#.]+)*$/.test(text.trim())) throw new InvalidParameterError('text', 'must be lines of # and .');
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) => Array.from(line, (mark) => mark === '#'));
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
