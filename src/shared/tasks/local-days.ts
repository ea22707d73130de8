import { type TimeSettings, utcOffsetAt } from './local-time.js';

const DAY = 86_400;

/** Days on end that all last as long, from a midnight in the NVR's time zone on, s. */
export interface DayRun {
  readonly start: number;
  readonly days: number;
  /** Of each day: 24 h, but for one on which the clock changes. */
  readonly length: number;
}

/** The days of the NVR's own time zone that a range (s since 1970 UTC) touches. */
export function dayRuns(settings: TimeSettings, from: number, to: number): DayRun[] {
  const offset = (time: number) => utcOffsetAt(settings, time * 1000) * 60;
  const midnight = (day: number) => day * DAY - offset(day * DAY - offset(day * DAY));
  const runs: DayRun[] = [];
  for (let day = Math.floor((from + offset(from)) / DAY); midnight(day) < to; day++) {
    const start = midnight(day);
    const length = midnight(day + 1) - start;
    const last = runs.at(-1);
    if (last?.length === length) runs[runs.length - 1] = { ...last, days: last.days + 1 };
    else runs.push({ start, days: 1, length });
  }
  return runs;
}
