const GAP = '  ';
/** Characters of a column that others may take room from. */
const NARROW = 8;

/**
 * Lines of a table: each column as wide as its widest cell; where that is more than the line holds, the widest is cut
 * first. Numbers stand to the right.
 *
 * @param width characters of a line
 */
export function columns(heads: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = [heads, ...rows];
  const widths = heads.map((_, column) => widest(cells.map((row) => lengthOf(row[column] ?? ''))));
  const room = () => width - GAP.length * (widths.length - 1) - widths.reduce((sum, one) => sum + one, 0);
  while (room() < 0) {
    const widestColumn = widths.indexOf(Math.max(...widths));
    const next = (widths[widestColumn] ?? 0) + room();
    if ((widths[widestColumn] ?? 0) <= NARROW) break;
    const second = Math.max(NARROW, ...widths.filter((_, index) => index !== widestColumn));
    widths[widestColumn] = Math.max(NARROW, next, Math.min(second, (widths[widestColumn] ?? 0) - 1));
  }
  const right = heads.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^(-?\d+(\.\d+)?)?$/.test(row[column] ?? '')),
  );
  return cells.map((row) =>
    heads
      .map((_, column) => padded(row[column] ?? '', widths[column] ?? 0, right[column] === true))
      .join(GAP)
      .trimEnd(),
  );
}

/** A list may be too long for the arguments of one call. */
function widest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}

function padded(text: string, width: number, right: boolean): string {
  const cut = lengthOf(text) > width ? `${beginningOf(text, width - 1)}…` : text;
  const fill = ' '.repeat(Math.max(0, width - lengthOf(cut)));
  return right ? fill + cut : cut + fill;
}

function beginningOf(text: string, width: number): string {
  let beginning = '';
  for (const character of text) {
    if (lengthOf(beginning + character) > width) break;
    beginning += character;
  }
  return beginning;
}

/** Columns of a terminal: East Asian characters take two. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (/\p{M}/u.test(character)) continue;
    length +=
      (point >= 0x1100 && point <= 0x115f) ||
      (point >= 0x2e80 && point <= 0xa4cf) ||
      (point >= 0xac00 && point <= 0xd7a3) ||
      (point >= 0xf900 && point <= 0xfaff) ||
      (point >= 0xff00 && point <= 0xff60) ||
      point >= 0x1f300
        ? 2
        : 1;
  }
  return length;
}
