import { clean, type Output } from './output.js';

/** Columns of a table that people can still read. */
const MAX_COLUMNS = 10;

/** A reply as people read it: a list of flat objects as a table, one such object line by line, anything else as JSON. */
export function show(out: Output, value: unknown): void {
  if (out.json) return out.document(value);
  if (typeof value === 'string') return out.line(clean(value));
  if (Array.isArray(value) && value.length > 0 && value.every(isFlat)) {
    const names = [...new Set(value.flatMap((item) => Object.keys(item)))];
    if (names.length <= MAX_COLUMNS)
      return out.table(
        names,
        value.map((item) => names.map((name) => item[name])),
      );
  }
  if (isFlat(value)) return pairs(out, Object.entries(value));
  out.document(value);
}

/** Names and values, a line each. */
export function pairs(out: Output, entries: readonly (readonly [string, unknown])[]): void {
  const width = entries.reduce((most, [name]) => Math.max(most, clean(name).length), 0);
  for (const [name, value] of entries)
    out.line(`${out.style('head', clean(name).padEnd(width))}  ${clean(value)}`.trimEnd());
}

/** An object that holds neither objects nor lists of them. */
function isFlat(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) return false;
  return Object.values(value).every((field) => typeof field !== 'object' || field === null || isShortList(field));
}

function isShortList(field: unknown): boolean {
  return Array.isArray(field) && field.length <= 8 && field.every((item: unknown) => typeof item !== 'object');
}
