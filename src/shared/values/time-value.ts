import type { Shape } from './shape.js';

/** Whether a value is a time, counted since 1970-01-01 UTC. */
export function isTime({ format }: Shape): boolean {
  return format === 'epoch-seconds' || format === 'epoch-milliseconds';
}

/**
 * A time as its declaration counts it, without a fraction.
 *
 * @param time ms since 1970-01-01 UTC
 */
export function timeIn({ format }: Shape, time: number): number {
  return Math.floor(format === 'epoch-seconds' ? time / 1000 : time);
}
