/** How many cells the picture is divided into (SDK 10.15). */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Where they lie on the picture, in parts of it. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
}

/** More cells than a picture is ever divided into: what says otherwise is not drawn. */
const MOST = 10_000;
const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

/** What a reading tells of the grid; `undefined` where the camera has none, or none that could be drawn. */
export function layoutOf(settings: unknown): Layout | undefined {
  const [first] = Array.isArray(settings) ? (settings as unknown[]) : [];
  const { cellLayout } = (first ?? {}) as { readonly cellLayout?: { columns?: unknown; rows?: unknown } };
  const { columns, rows, transformation } = { transformation: undefined, ...cellLayout };
  if (!isCount(columns) || !isCount(rows) || columns * rows > MOST) return undefined;
  return { columns, rows, box: boxOf(transformation, columns, rows) };
}

/** ONVIF: a cell is as large as `scale`, the first begins at `translate`, and the picture goes from -1 to 1. */
function boxOf(transformation: unknown, columns: number, rows: number): Layout['box'] {
  type Point = { readonly x?: number; readonly y?: number };
  const { translate = {}, scale = {} } = (transformation ?? {}) as {
    readonly translate?: Point;
    readonly scale?: Point;
  };
  const box = {
    left: ((translate.x ?? NaN) + 1) / 2,
    top: ((translate.y ?? NaN) + 1) / 2,
    width: (columns * (scale.x ?? NaN)) / 2,
    height: (rows * (scale.y ?? NaN)) / 2,
  };
  const { left, top, width, height } = box;
  const isOnPicture = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1.01 && top + height <= 1.01;
  return isOnPicture ? box : WHOLE;
}

/** Whether each cell is on, row by row, most significant bit first; `undefined` where the text is no such cells. */
export function cellsOf(text: string, { columns, rows }: Layout): readonly boolean[] | undefined {
  const digits = digitsFor(columns * rows);
  if (text.length !== digits || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Array.from(
    { length: columns * rows },
    (_, cell) => (Number.parseInt(text[cell >> 2] ?? '0', 16) & (8 >> (cell & 3))) !== 0,
  );
}

/** The cells as the NVR takes them: whole bytes, filled with zeros. */
export function textOfCells(cells: readonly boolean[]): string {
  const digits = Array.from({ length: digitsFor(cells.length) }, (_, digit) =>
    [8, 4, 2, 1].reduce((sum, bit, index) => sum + (cells[digit * 4 + index] ? bit : 0), 0).toString(16),
  );
  return digits.join('').toUpperCase();
}

/** Cells with a rectangle switched on or off. */
export function withCells(
  cells: readonly boolean[],
  { columns }: Layout,
  spans: { readonly rows: readonly [number, number]; readonly columns: readonly [number, number] },
  on: boolean,
): boolean[] {
  const isIn = (place: number, [from, to]: readonly [number, number]) => place >= from && place < to;
  return cells.map((was, cell) =>
    isIn(Math.floor(cell / columns), spans.rows) && isIn(cell % columns, spans.columns) ? on : was,
  );
}

function digitsFor(cells: number): number {
  return Math.ceil(cells / 8) * 2;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
