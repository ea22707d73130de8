import { Failure } from './failure.js';

/** ms */
const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time as a person writes it: `now`, how long ago (`90s`, `10m`, `2h`, `3d`), or a date in ISO 8601, that of this
 * machine's time zone where it names none.
 *
 * @param name of the argument, for the message
 * @param now ms since 1970
 * @throws {@link Failure} `USAGE`
 */
export function readTime(name: string, text: string, now: number): Date {
  if (text === 'now') return new Date(now);
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount !== undefined) return new Date(now - Number(amount) * (units[unit] ?? 0));
  // Without a time, Date reads a date as UTC.
  const dated = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  const date = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(dated) ? new Date(dated) : new Date(NaN);
  if (Number.isNaN(date.getTime())) {
    throw new Failure('USAGE', `${name} must be a time such as 10m (ago), 2026-03-01T18:30 or now, not "${text}"`);
  }
  return date;
}
