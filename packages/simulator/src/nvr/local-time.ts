/** What the local time hangs on (SDK 9.19). Minutes, months from 0, days of the week from Sunday. */
export interface Zone {
  readonly time_zone: number;
  readonly dst_enable: boolean;
  readonly dst_mode: number;
  readonly dst_offset: number;
  readonly dst_start_month: number;
  readonly dst_start_date: number;
  readonly dst_start_hour: number;
  readonly dst_start_minute: number;
  readonly dst_start_day: number;
  readonly dst_start_week: number;
  readonly dst_end_month: number;
  readonly dst_end_date: number;
  readonly dst_end_hour: number;
  readonly dst_end_minute: number;
  readonly dst_end_day: number;
  readonly dst_end_week: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** `2019-09-16 12:54:33.430` @param time ms since 1970 UTC */
export function localTime(zone: Zone, time: number): string {
  return new Date(time + offset(zone, time) * MINUTE).toISOString().replace('T', ' ').replace('Z', '');
}

/** ms since 1970 UTC; `undefined` where the text is no time. */
export function fromLocalTime(zone: Zone, text: string): number | undefined {
  const form = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,3})?$/.exec(text);
  const wall = form ? Date.parse(`${form[1]}T${form[2]}${form[3] ?? ''}Z`) : NaN;
  if (Number.isNaN(wall)) return undefined;
  const standard = wall - zone.time_zone * MINUTE;
  return wall - offset(zone, standard - zone.dst_offset * MINUTE) * MINUTE;
}

/** Minutes east of UTC at a time. The end is told in summer time. */
function offset(zone: Zone, time: number): number {
  if (!zone.dst_enable) return zone.time_zone;
  const local = time + zone.time_zone * MINUTE;
  const year = new Date(local).getUTCFullYear();
  const start = change(zone, 'start', year);
  const end = change(zone, 'end', year) - zone.dst_offset * MINUTE;
  const summer = start < end ? local >= start && local < end : local >= start || local < end;
  return zone.time_zone + (summer ? zone.dst_offset : 0);
}

/** Wall time of a change, as if the wall were in UTC. */
function change(zone: Zone, which: 'start' | 'end', year: number): number {
  const month = zone[`dst_${which}_month`];
  const time = (zone[`dst_${which}_hour`] * 60 + zone[`dst_${which}_minute`]) * MINUTE;
  if (zone.dst_mode === 0) return Date.UTC(year, month, zone[`dst_${which}_date`]) + time;
  const [week, weekday] = [zone[`dst_${which}_week`], zone[`dst_${which}_day`]];
  const from = week < 0 ? Date.UTC(year, month + 1, 1) - 7 * DAY : Date.UTC(year, month, 1) + week * 7 * DAY;
  return from + ((weekday - new Date(from).getUTCDay() + 7) % 7) * DAY + time;
}
