import { Type } from 'typebox';
import { InvalidParameterError, type Nvr, nvrClock, operations, systemClock } from '../../shared/index.js';
import {
  isTime,
  type LocalClock,
  readTime,
  type Shape,
  timeIn,
  timePattern,
  type TimeSpan,
  utcClock,
} from '../../shared/values/index.js';
import type { Parameter } from './action.js';

/** A row for a time as people and flows have it; what a message brings may also be a Date. */
export function timeParameter(
  name: string,
  title: string,
  description: string,
  { required = false, example = 'yesterday' }: { required?: boolean; example?: string } = {},
): Parameter {
  // What a form that is new begins with, where a time must be given.
  const preset = required && { default: example };
  const schema = Type.String({ pattern: timePattern, title, description, examples: [example], ...preset });
  return { name, schema, required };
}

/** A range of time that somebody asked for. */
export interface Asked {
  readonly from?: unknown;
  readonly to?: unknown;
}

export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The range of time that two rows mean, in the NVR's time zone; the NVR is asked for it only where a row leaves it open.
 * A day is all of it, as far as it is over. Without an end it is that of the day, or `length` later, or now.
 *
 * @param length ms
 * @throws InvalidParameterError; NvrError where the NVR does not tell its time zone
 */
export async function rangeOf(
  client: Nvr,
  asked: Asked,
  signal: AbortSignal,
  { length, now = systemClock.wall() }: { readonly length?: number; readonly now?: number } = {},
): Promise<Range> {
  const read = (clock: LocalClock) => {
    const from = readOne('from', asked.from, { now, clock });
    if (asked.to === undefined) return { from: from.from, to: endOf(from, now, length) };
    const to = readOne('to', asked.to, { now, clock, after: from.from });
    return { from: from.from, to: lastOf(to, now) };
  };
  const { from, to } = await inZone(client, read, signal);
  if (to <= from) throw new InvalidParameterError('to', 'must be after "from"');
  return { from: new Date(from), to: new Date(to) };
}

/** One time that somebody asked for, likewise. @throws as {@link rangeOf} */
export async function timeOf(client: Nvr, name: string, value: unknown, signal: AbortSignal): Promise<Date> {
  const now = systemClock.wall();
  return new Date((await inZone(client, (clock) => readOne(name, value, { now, clock }), signal)).from);
}

/**
 * The parameters with the times that they mean as numbers of the wire, in the NVR's time zone; likewise it is asked for that
 * only where it matters. A day is all of it, as far as it is over, where it stands for the end of a range.
 *
 * @param now ms since 1970-01-01 UTC
 * @throws as {@link rangeOf}
 */
export async function withTimes(
  parameters: readonly Parameter[],
  params: Readonly<Record<string, unknown>>,
  client: Nvr,
  signal: AbortSignal,
  now = systemClock.wall(),
): Promise<Readonly<Record<string, unknown>>> {
  const times = parameters.filter(({ name, schema }) => isTime(schema) && params[name] !== undefined);
  const read = (clock: LocalClock) => {
    const begins: Record<string, number> = {};
    return times.map(({ name, schema }) => {
      const { endOf: begin }: Shape = schema;
      const after = begin === undefined ? undefined : begins[begin];
      const span = readOne(name, params[name], { now, clock, after });
      begins[name] = span.from;
      return [name, timeIn(schema, begin === undefined ? span.from : lastOf(span, now))] as const;
    });
  };
  return { ...params, ...Object.fromEntries(await inZone(client, read, signal)) };
}

/** What is read of texts, by the NVR's clock where that matters. */
async function inZone<T>(client: Nvr, read: (clock: LocalClock) => T, signal: AbortSignal): Promise<T> {
  let isAsked = false;
  const result = read({
    shownAt: (time) => ((isAsked = true), utcClock.shownAt(time)),
    timeOf: (shown) => ((isAsked = true), utcClock.timeOf(shown)),
  });
  return isAsked ? read(nvrClock(await client.call(operations.getTime, {}, { signal }))) : result;
}

/** @throws InvalidParameterError */
function readOne(name: string, value: unknown, context: Parameters<typeof readTime>[1]): TimeSpan {
  if (value === undefined || value === '') throw new InvalidParameterError(name, 'is needed');
  const span = readTime(value, context);
  if (span) return span;
  throw new InvalidParameterError(name, 'must be a time, such as -1h, yesterday 14:00, 2026-03-01T18:30 or a Date');
}

/** Where a range ends that ends with that. */
function lastOf(span: TimeSpan, now: number): number {
  return span.to === span.from ? span.to : endOf(span, now);
}

/** Of a day that is not over yet, what is over of it. */
function endOf({ from, to }: TimeSpan, now: number, length?: number): number {
  if (to > from) return from < now ? Math.min(to, now) : to;
  return length === undefined ? now : from + length;
}
