/** A clock of some time zone, which is changed by daylight saving time. */
export interface LocalClock {
  /** What it shows at a time: ms since 1970-01-01 by its own reckoning, as if it ran in UTC. */
  readonly shownAt: (time: number) => number;
  /** When it shows that (ms since 1970-01-01 UTC): the first time of two, and the time after what it jumps over. */
  readonly timeOf: (shown: number) => number;
}

/** That of UTC, for when no other is known. */
export const utcClock: LocalClock = { shownAt: (time) => time, timeOf: (shown) => shown };

/** Surroundings that words such as `yesterday` and `-1h` get their meaning from. */
export interface TimeContext {
  /** ms since 1970-01-01 UTC. */
  readonly now: number;
  /** Rules where a text names no time zone. */
  readonly clock: LocalClock;
  /** What `+60s` counts from, ms since 1970-01-01 UTC. Default: now. */
  readonly after?: number | undefined;
}

/** What a text means, ms since 1970-01-01 UTC: a moment, or with another `to` (not included) a whole day. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** As they are written, in small letters. */
const units: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const days: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };
/** Epoch times below this are seconds: as ms they would be before 1973. */
const FIRST_MILLISECONDS = 1e11;
/** What `Date` can hold, ms. */
const LAST = 8.64e15;

const duration = String.raw`([+-]) ?(\d{1,9}(?:\.\d{1,3})?) ?(s|min|m|h|d|w)`;
const clockTime = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?`;
const dayWord = String.raw`([Yy]esterday|[Tt]oday|[Tt]omorrow)(?: (?:at )?${clockTime})?`;
const isoZone = String.raw`([Zz]|[+-]\d{2}:?\d{2})`;
const isoTime = String.raw`(\d{4})-(\d{2})-(\d{2})(?:[Tt ]${clockTime}(?:\.(\d{1,9}))?(?: ?${isoZone})?)?`;
/** From 1973 on: a shorter number in a text is more likely something else. */
const epoch = String.raw`(\d{9,16}(?:\.\d{1,9})?)`;

/** What times are written like, for forms to check: a regular expression that needs no flags. */
export const timePattern = `^ *(?:[Nn]ow|${[duration, dayWord, clockTime, isoTime, epoch].join('|')}) *$`;

/** Longer texts are no times. */
const LONGEST = 64;

/**
 * A time as people and flows have it: `-1h`, `+60s`, `now`, `today`, `yesterday 14:00`, `08:30` (of today), a date, ISO
 * 8601, a Unix time in s or ms, or a Date.
 *
 * @returns `undefined` where it is none of these
 */
export function readTime(value: unknown, context: TimeContext): TimeSpan | undefined {
  if (value instanceof Date) return moment(value.getTime());
  if (typeof value === 'number') return epochTime(value);
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  const text = value.trim();
  if (text.toLowerCase() === 'now') return moment(context.now);
  return (
    matched(duration, text, (parts) => relative(parts, context)) ??
    matched(dayWord, text, ([word = '', ...time]) => onDay(days[word.toLowerCase()] ?? 0, time, context)) ??
    matched(clockTime, text, (time) => onDay(0, time, context)) ??
    matched(isoTime, text, (parts) => dated(parts, context.clock)) ??
    matched(epoch, text, ([number]) => epochTime(Number(number)))
  );
}

function matched(
  pattern: string,
  text: string,
  read: (parts: readonly (string | undefined)[]) => TimeSpan | undefined,
): TimeSpan | undefined {
  const found = new RegExp(`^${pattern}$`).exec(text);
  return found ? read(found.slice(1)) : undefined;
}

function moment(time: number): TimeSpan | undefined {
  return time >= 0 && time <= LAST ? { from: time, to: time } : undefined;
}

function epochTime(number: number): TimeSpan | undefined {
  return moment(number < FIRST_MILLISECONDS ? number * SECOND : number);
}

function relative(
  [sign, amount, unit = '']: readonly (string | undefined)[],
  { now, after }: TimeContext,
): TimeSpan | undefined {
  const length = Number(amount) * (units[unit] ?? 0);
  return moment(sign === '-' ? now - length : (after ?? now) + length);
}

function onDay(
  offset: number,
  time: readonly (string | undefined)[],
  { now, clock }: TimeContext,
): TimeSpan | undefined {
  const midnight = (Math.floor(clock.shownAt(now) / DAY) + offset) * DAY;
  return atTime(midnight, time, clock);
}

/** A moment of a day, or, without a time, all of it. */
function atTime(midnight: number, time: readonly (string | undefined)[], clock: LocalClock): TimeSpan | undefined {
  if (time[0] === undefined) return { from: clock.timeOf(midnight), to: clock.timeOf(midnight + DAY) };
  const shown = timeOfDay(time);
  return shown === undefined ? undefined : moment(clock.timeOf(midnight + shown));
}

/** ms after midnight; 24:00 is the end of the day. */
function timeOfDay([hours, minutes, seconds = '0', fraction = '0']: readonly (string | undefined)[]):
  number | undefined {
  const [hour, minute, second] = [Number(hours), Number(minutes), Number(seconds)];
  const ms = Math.floor(Number(`0.${fraction}`) * SECOND);
  const shown = hour * HOUR + minute * MINUTE + second * SECOND + ms;
  return minute < 60 && second < 60 && shown <= DAY ? shown : undefined;
}

function dated(
  [year, month, date, hours, minutes, seconds, fraction, zone]: readonly (string | undefined)[],
  clock: LocalClock,
): TimeSpan | undefined {
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date));
  // Neither 30 February nor month 13.
  if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${date}`) return undefined;
  const time = [hours, minutes, seconds, fraction];
  if (zone === undefined) return atTime(midnight, time, clock);
  const [shown, offset] = [timeOfDay(time), offsetOf(zone)];
  return shown === undefined || offset === undefined ? undefined : moment(midnight + shown - offset);
}

/** ms; no place on Earth is further from UTC. */
const FARTHEST = 14 * HOUR;

/** ms east of UTC; `undefined` where there is no such zone. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const size = Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE;
  return size <= FARTHEST && Number(minutes ?? 0) < 60 ? (sign === '-' ? -size : size) : undefined;
}
