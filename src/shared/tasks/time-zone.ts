import { InvalidParameterError } from '../errors.js';
import { changeTime, type DstChange, type DstRule, dstRule, type TimeSettings, utcOffsetAt } from './local-time.js';

/** The time zone of an NVR in the words of others. */
export interface TimeZone {
  /** Of standard time, `+08:00`. */
  readonly utcOffset: string;
  readonly dst?: {
    /** `+02:00` */
    readonly utcOffset: string;
    /** When it begins and ends in the year in question, ms since 1970-01-01 UTC. */
    readonly start: number;
    readonly end: number;
  };
  /** As for the environment variable `TZ`: `<+08>-8`. */
  readonly posix: string;
  /** IANA zones whose clocks show the same throughout that year, by name; the NVR does not know which of them it is in. */
  readonly zones: readonly string[];
}

/** Fields of the time settings (SDK 9.20) that make the time zone. */
export type ZoneSettings = Required<
  Omit<TimeSettings, 'time' | 'localtime' | 'date_format' | 'time_format' | 'ntp_enable' | 'ntp_server'>
>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** No zone changes its clock twice in a shorter time than twice this. */
const STEP = 7 * DAY;

/**
 * What the time settings of an NVR say.
 *
 * @param settings as getTime read them
 * @param year in which the zones are compared; rules change
 */
export function describeTimeZone(settings: TimeSettings, year: number): TimeZone {
  checkYear(year);
  const { time_zone: standard = 0 } = settings;
  const rule = dstRule(settings);
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => keepsTime(zone, settings, year));
  if (!rule) return { utcOffset: offsetText(standard), posix: posixName(standard), zones };
  const [start, end] = (['start', 'end'] as const).map((which) => changeTime(rule, which, year, standard));
  return {
    utcOffset: offsetText(standard),
    dst: { utcOffset: offsetText(standard + rule.offset), start: start ?? 0, end: end ?? 0 },
    posix: `${posixName(standard)}${posixName(standard + rule.offset)},${posixRule(rule, 'start')},${posixRule(rule, 'end')}`,
    zones,
  };
}

/**
 * The settings that put an NVR into an IANA zone: spread them over what getTime read, leave `time` and `localtime` out,
 * and hand it to setTime. Daylight saving time goes by week (`last Sunday`) where that is how its dates fall, else by
 * the dates of that year, which must then be renewed each year.
 *
 * @param zone such as `Europe/Berlin`
 * @throws {@link InvalidParameterError} for a zone that there is not, or that changes its clock otherwise than twice a year
 */
export function timeZoneSettings(zone: string, year: number): ZoneSettings {
  checkYear(year);
  const changes = changesOf(zone, year);
  const start = changes.find(({ before, after }) => after > before);
  const end = changes.find(({ before, after }) => after < before);
  if (changes.length === 0) return zoneSettings(offsetReader(zone)(Date.UTC(year)), undefined);
  if (changes.length !== 2 || !start || !end || start.before !== end.after) {
    throw new InvalidParameterError(
      'zone',
      `${zone} changes its clock in ${year} in a way that the NVR has no setting for`,
    );
  }
  const [from, to] = [wordsOf(start), wordsOf(end)];
  const by = from.week === undefined || to.week === undefined ? 'date' : 'week';
  return zoneSettings(start.before, {
    by,
    offset: start.after - start.before,
    start: { ...from, week: from.week ?? 0 },
    end: { ...to, week: to.week ?? 0 },
  });
}

/** @throws {@link InvalidParameterError} */
function checkYear(year: number): void {
  if (Number.isInteger(year) && year >= 1970 && year <= 9999) return;
  throw new InvalidParameterError('year', 'must be an integer from 1970 to 9999');
}

function zoneSettings(standard: number, rule: DstRule | undefined): ZoneSettings {
  const none: DstChange = { month: 0, date: 1, day: 0, week: 0, minute: 0 };
  const { start, end } = rule ?? { start: none, end: none };
  return {
    time_zone: standard,
    dst_enable: rule !== undefined,
    dst_mode: rule?.by === 'date' ? 0 : 1,
    dst_offset: rule?.offset ?? 0,
    dst_start_month: start.month,
    dst_start_date: start.date,
    dst_start_hour: Math.floor(start.minute / 60),
    dst_start_minute: start.minute % 60,
    dst_start_day: start.day,
    dst_start_week: start.week as ZoneSettings['dst_start_week'],
    dst_end_month: end.month,
    dst_end_date: end.date,
    dst_end_hour: Math.floor(end.minute / 60),
    dst_end_minute: end.minute % 60,
    dst_end_day: end.day,
    dst_end_week: end.week as ZoneSettings['dst_end_week'],
  };
}

/** A change of a zone's clock: the first minute (ms since 1970-01-01 UTC) of the new offset, and minutes east of UTC. */
interface ZoneChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

function changesOf(zone: string, year: number): readonly ZoneChange[] {
  const offsetAt = offsetReader(zone);
  const changes: ZoneChange[] = [];
  for (let from = Date.UTC(year); from < Date.UTC(year + 1); from += STEP) {
    const to = Math.min(from + STEP, Date.UTC(year + 1));
    const [before, after] = [offsetAt(from), offsetAt(to)];
    if (before === after) continue;
    let [low, high] = [from, to];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high, before, after });
  }
  return changes;
}

/** A change in the words of the settings; without week where it is neither in the first, the second nor the last. */
function wordsOf({ at, before }: ZoneChange): Omit<DstChange, 'week'> & { readonly week: number | undefined } {
  const wall = new Date(at + before * MINUTE);
  const [year, month, date] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const isLast = new Date(Date.UTC(year, month, date + 7)).getUTCMonth() !== month;
  const week = isLast ? -1 : date <= 14 ? Math.floor((date - 1) / 7) : undefined;
  return { month, date, day: wall.getUTCDay(), week, minute: wall.getUTCHours() * 60 + wall.getUTCMinutes() };
}

/** Whether the clocks of a zone and of the NVR agree: on every day, and around the changes of either. */
function keepsTime(zone: string, settings: TimeSettings, year: number): boolean {
  const offsetAt = offsetReader(zone);
  const agree = (time: number) => offsetAt(time) === utcOffsetAt(settings, time);
  for (let time = Date.UTC(year); time < Date.UTC(year + 1); time += STEP) if (!agree(time)) return false;
  return changesOf(zone, year).every(({ at }) => agree(at) && agree(at - MINUTE));
}

/** Minutes east of UTC at a time. @throws {@link InvalidParameterError} */
function offsetReader(zone: string): (time: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset', hour: 'numeric' });
  } catch {
    throw new InvalidParameterError('zone', `there is no time zone "${zone}"`);
  }
  return (time) => {
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
}

/** `+08:00` */
function offsetText(minutes: number): string {
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.abs(minutes) / 60)}:${twoDigits(Math.abs(minutes) % 60)}`;
}

/** `<+0530>-5:30`: POSIX counts west of UTC. */
function posixName(minutes: number): string {
  const name = offsetText(minutes).replace(':', '').replace(/00$/, '');
  return `<${name}>${clockText(-minutes)}`;
}

/** Weeks count from 1, and 5 is the last; days of the year from 1, without 29 February. */
function posixRule(rule: DstRule, which: 'start' | 'end'): string {
  const { month, week, day, date, minute } = rule[which];
  const time = `/${clockText(minute)}`;
  if (rule.by === 'week') return `M${month + 1}.${week < 0 ? 5 : week + 1}.${day}${time}`;
  return `J${(Date.UTC(2023, month, date) - Date.UTC(2022, 11, 31)) / DAY}${time}`;
}

/** `-5:30`, `2` */
function clockText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : ''}${hours}${rest === 0 ? '' : `:${twoDigits(rest)}`}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
