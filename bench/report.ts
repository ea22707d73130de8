/** One measured quantity beside what it is held against. */
export interface Row {
  readonly what: string;
  readonly unit: 'µs' | 'ms' | 's' | 'MB' | '';
  readonly ours: readonly number[];
  /** The floors, measured in the same run. */
  readonly beside?: readonly { readonly what: string; readonly values: readonly number[] }[];
}

/** The rows as a Markdown table: medians, with the smallest and the largest value in brackets. */
export function table(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => [
    cells(row.what, spread(row.ours, row.unit), '', ''),
    ...(row.beside ?? []).map(({ what, values }) =>
      cells(`— ${what}`, '', spread(values, row.unit), (median(row.ours) / median(values)).toFixed(2)),
    ),
  ]);
  return [cells('', 'ours', 'floor', 'ours ÷ floor'), '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** @throws where nothing was measured */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  return (low + high) / 2;
}

function spread(values: readonly number[], unit: Row['unit']): string {
  const text = (value: number) => value.toFixed(unit === 's' ? 2 : unit === '' ? 0 : 1);
  const [only] = values;
  if (only !== undefined && values.length === 1) return `${text(only)} ${unit}`.trim();
  const range = `${text(Math.min(...values))}–${text(Math.max(...values))}`;
  return `${`${text(median(values))} ${unit}`.trim()} (${range}, n = ${values.length})`;
}

function cells(...texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}
