import { InvalidParameterError } from '../errors.js';
import { DAYS } from '../sdk/days.js';

export { DAYS };

export type Day = (typeof DAYS)[number];

/**
 * A time of the week, within one day; what goes past midnight is two ranges, as it is on two lines of the map. Times are
 * `HH:MM` on a half-hour, by the clock of the NVR.
 */
export interface ScheduleRange {
  readonly day: Day;
  /** From `00:00` on. */
  readonly from: string;
  /** Up to `24:00`, itself not included. */
  readonly to: string;
}

/** Half-hours in a day. */
const SLOTS = 48;

/**
 * What a schedule map covers (SDK 6.1), in the order of the week; ranges of a day never touch.
 *
 * @param map seven lines of 48 half-hours, `+` or `-`
 * @throws `INVALID_PARAMETER` where it is no such map
 */
export function scheduleRanges(map: readonly string[]): ScheduleRange[] {
  if (map.length !== DAYS.length) throw new InvalidParameterError('map', 'must have 7 lines');
  return DAYS.flatMap((day, index) => {
    const line = map[index] ?? '';
    if (!/^[-+]{48}$/.test(line)) throw new InvalidParameterError(`map/${index}`, 'must be 48 signs, each + or -');
    return [...line.matchAll(/\++/g)].map(({ 0: run, index: slot }) => ({
      day,
      from: timeAt(slot),
      to: timeAt(slot + run.length),
    }));
  });
}

/**
 * The schedule map of some ranges (SDK 6.1), which may come in any order, touch and overlap.
 *
 * @throws `INVALID_PARAMETER` with the path of what is wrong, such as `ranges/0/from`
 */
export function scheduleMap(ranges: readonly ScheduleRange[]): string[] {
  const lines = DAYS.map(() => '-'.repeat(SLOTS));
  for (const [index, range] of ranges.entries()) {
    const path = `ranges/${index}`;
    const day = DAYS.indexOf(range.day);
    const line = lines[day];
    if (line === undefined) throw new InvalidParameterError(`${path}/day`, `must be one of ${DAYS.join(', ')}`);
    const from = slotAt(range.from, `${path}/from`);
    const to = slotAt(range.to, `${path}/to`);
    if (to <= from)
      throw new InvalidParameterError(`${path}/to`, 'must be later than from; past midnight is two ranges');
    lines[day] = line.slice(0, from) + '+'.repeat(to - from) + line.slice(to);
  }
  return lines;
}

function timeAt(slot: number): string {
  return `${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`;
}

/** @throws {@link InvalidParameterError} */
function slotAt(time: string, path: string): number {
  if (time === '24:00') return SLOTS;
  const [, hours, minutes] = /^([01]\d|2[0-3]):([03]0)$/.exec(time) ?? [];
  if (hours === undefined) throw new InvalidParameterError(path, 'must be a half-hour from 00:00 to 24:00');
  return Number(hours) * 2 + (minutes === '30' ? 1 : 0);
}
