import type { ReplyOf } from '../sdk/declaration.js';
import type { getTime } from '../sdk/time.js';
import type { LocalClock } from '../values/index.js';

/** The time settings of an NVR (SDK 9.19). */
export type TimeSettings = ReplyOf<typeof getTime>;

/** A change of daylight saving time, in the words of the settings. */
export interface DstChange {
  /** 0: January. */
  readonly month: number;
  /** Day of the month, where the date rules. */
  readonly date: number;
  /** Day of the week, 0: Sunday, where the week rules. */
  readonly day: number;
  /** 0: first, 1: second, -1: last such day of the month. */
  readonly week: number;
  /** Minutes after midnight by the clock that is about to be changed. */
  readonly minute: number;
}

/** When the clock is put forward, and back. */
export interface DstRule {
  readonly by: 'date' | 'week';
  /** Minutes. */
  readonly offset: number;
  readonly start: DstChange;
  readonly end: DstChange;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The daylight saving time of an NVR; `undefined` where it has none. What the NVR does not tell counts as 0. */
export function dstRule(settings: TimeSettings): DstRule | undefined {
  if (settings.dst_enable !== true || !settings.dst_offset) return undefined;
  const change = (which: 'start' | 'end'): DstChange => ({
    month: settings[`dst_${which}_month`] ?? 0,
    date: settings[`dst_${which}_date`] ?? 1,
    day: settings[`dst_${which}_day`] ?? 0,
    week: settings[`dst_${which}_week`] ?? 0,
    minute: (settings[`dst_${which}_hour`] ?? 0) * 60 + (settings[`dst_${which}_minute`] ?? 0),
  });
  const by = settings.dst_mode === 0 ? 'date' : 'week';
  return { by, offset: settings.dst_offset, start: change('start'), end: change('end') };
}

/**
 * Minutes by which the NVR's local time is ahead of UTC.
 *
 * @param time ms since 1970-01-01 UTC
 */
export function utcOffsetAt(settings: TimeSettings, time: number): number {
  const { time_zone: standard = 0 } = settings;
  const rule = dstRule(settings);
  if (!rule) return standard;
  const year = new Date(time + standard * MINUTE).getUTCFullYear();
  const start = changeTime(rule, 'start', year, standard);
  const end = changeTime(rule, 'end', year, standard);
  // In the south, summer spans the new year.
  const summer = start < end ? time >= start && time < end : time >= start || time < end;
  return summer ? standard + rule.offset : standard;
}

/**
 * When the NVR's local day began that a time lies in, at midnight or, where the clock is put forward at midnight, then:
 * record maps of days (SDK 5.1) count from there. ms since 1970-01-01 UTC in and out.
 */
export function localDayStart(settings: TimeSettings, time: number): number {
  const wall = time + utcOffsetAt(settings, time) * MINUTE;
  return timeShown(settings, wall - mod(wall, DAY));
}

/** The NVR's own clock, for times that people write. */
export function nvrClock(settings: TimeSettings): LocalClock {
  return {
    shownAt: (time) => time + utcOffsetAt(settings, time) * MINUTE,
    timeOf: (shown) => timeShown(settings, shown),
  };
}

/** When the NVR's clock shows that: the first time of two; what it jumps over counts as after the jump. */
function timeShown(settings: TimeSettings, shown: number): number {
  const { time_zone: standard = 0, dst_offset: dst = 0 } = settings;
  const offsets = [standard + dst, standard].sort((one, other) => other - one);
  const candidates = offsets.map((offset) => shown - offset * MINUTE);
  const exact = candidates.find((candidate) => candidate + utcOffsetAt(settings, candidate) * MINUTE === shown);
  return exact ?? Math.max(...candidates);
}

/** When the clock is changed in that year, ms since 1970-01-01 UTC. @param standard minutes east of UTC */
export function changeTime(rule: DstRule, which: 'start' | 'end', year: number, standard: number): number {
  const change = rule[which];
  const day = rule.by === 'date' ? Date.UTC(year, change.month, change.date) : weekday(change, year);
  const offset = which === 'start' ? standard : standard + rule.offset;
  return day + (change.minute - offset) * MINUTE;
}

function weekday({ month, week, day }: DstChange, year: number): number {
  const earliest = week < 0 ? Date.UTC(year, month + 1, 1) - 7 * DAY : Date.UTC(year, month, 1 + 7 * week);
  return earliest + mod(day - new Date(earliest).getUTCDay(), 7) * DAY;
}

function mod(value: number, modulus: number): number {
  return ((value % modulus) + modulus) % modulus;
}

/** A time as people read it, of this machine's time zone: `2026-03-01 18:30:05`. */
export function showTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
