import type { PastEvent } from '../../shared/index.js';
import type { Moment } from '../../shared/internal.js';

/** ms of what was before an event, where the NVR does not tell from when on it has recorded it. */
const BEFORE_EVENT = 5000;

/** Where an event is played from: with what was before it. */
export function momentOf({ channel, from, recordedFrom }: PastEvent): Moment {
  return { channel, time: Math.min(recordedFrom?.getTime() ?? Infinity, from.getTime() - BEFORE_EVENT) };
}

/** The same time by the clock on the wall one day before, also where a day had 23 or 25 hours. @param time ms */
export function dayBefore(time: number): number {
  const date = new Date(time);
  return date.setDate(date.getDate() - 1);
}
