import { describe, expect, it } from '@jest/globals';
import { nvrClock, type TimeSettings } from '../../src/shared/index.js';
import { readTime, timePattern } from '../../src/shared/values/index.js';

/** Berlin. */
const settings = {
  ...{ time_zone: 60, dst_enable: true, dst_mode: 1, dst_offset: 60 },
  ...{ dst_start_month: 2, dst_start_week: -1, dst_start_day: 0, dst_start_hour: 2 },
  ...{ dst_end_month: 9, dst_end_week: -1, dst_end_hour: 3 },
} as TimeSettings;
const clock = nvrClock(settings);
/** 00:30 of the 11th in Berlin, still the 10th in UTC. */
const now = Date.parse('2026-03-10T23:30:00Z');
const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const read = (value: unknown, more: object = {}) => {
  const span = readTime(value, { now, clock, ...more });
  if (!span) return undefined;
  return span.from === span.to ? iso(span.from) : `${iso(span.from)}/${iso(span.to)}`;
};
const pattern = new RegExp(timePattern);

describe('a time as people write it', () => {
  it.each([
    ['now', '2026-03-10T23:30:00Z'],
    ['-1h', '2026-03-10T22:30:00Z'],
    ['- 90 s', '2026-03-10T23:28:30Z'],
    ['-1.5d', '2026-03-09T11:30:00Z'],
    ['-15min', '2026-03-10T23:15:00Z'],
    ['-2w', '2026-02-24T23:30:00Z'],
    ['+10m', '2026-03-10T23:40:00Z'],
    // The NVR's day, which is not that of UTC.
    ['today', '2026-03-10T23:00:00Z/2026-03-11T23:00:00Z'],
    ['Yesterday', '2026-03-09T23:00:00Z/2026-03-10T23:00:00Z'],
    ['yesterday 14:00', '2026-03-10T13:00:00Z'],
    ['yesterday at 7:05:09', '2026-03-10T06:05:09Z'],
    ['tomorrow 24:00', '2026-03-12T23:00:00Z'],
    ['08:30', '2026-03-11T07:30:00Z'],
    ['2026-03-01', '2026-02-28T23:00:00Z/2026-03-01T23:00:00Z'],
    ['2026-03-01 18:30', '2026-03-01T17:30:00Z'],
    ['2026-03-01T18:30:05.25', '2026-03-01T17:30:05.250Z'],
    ['2026-03-01T18:30:05Z', '2026-03-01T18:30:05Z'],
    ['2026-03-01T18:30-05:00', '2026-03-01T23:30:00Z'],
    ['2026-03-01 18:30 +0530', '2026-03-01T13:00:00Z'],
    ['1741644000', '2025-03-10T22:00:00Z'],
    ['1741644000000', '2025-03-10T22:00:00Z'],
    // The clock is put forward at 2 on 29 March, and back at 3 on 25 October.
    ['2026-03-29', '2026-03-28T23:00:00Z/2026-03-29T22:00:00Z'],
    ['2026-03-29 02:30', '2026-03-29T01:30:00Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00Z'],
  ])('%s is %s', (text, time) => {
    expect(read(text)).toBe(time);
    expect(text).toMatch(pattern);
  });

  it.each(['', 'soon', '1h', '-1y', '25:00', '12:60', 'yesterday noon', '2026-02-30', '2026-13-01', '18', '-', '1e9'])(
    '"%s" is none',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  it.each(['+99:99', '-14:01', '+05:60', '+2400'])('no time zone is %s', (zone) => {
    expect(read(`2026-03-01T18:30${zone}`)).toBeUndefined();
  });

  it.each([
    ['+14:00', '2026-03-01T04:30:00Z'],
    ['-12:00', '2026-03-02T06:30:00Z'],
    ['+12:45', '2026-03-01T05:45:00Z'],
  ])('one is %s', (zone, time) => {
    expect(read(`2026-03-01T18:30${zone}`)).toBe(time);
  });

  it('may be a Date, or a Unix time in s or ms', () => {
    expect([new Date(now), now, now / 1000].map((value) => read(value))).toEqual(Array(3).fill(iso(now)));
    expect([NaN, -1, Infinity, new Date(NaN), {}, true, null].map((value) => read(value))).toEqual(
      Array(7).fill(undefined),
    );
  });

  it('counts + from what it follows', () => {
    expect(read('+60s', { after: now - 3_600_000 })).toBe('2026-03-10T22:31:00Z');
  });

  it('is read in no time, however odd it is', () => {
    const odd = ['-'.repeat(64), '9'.repeat(1e6), `2026-03-01 ${'1'.repeat(50)}`, ' '.repeat(64)];
    expect(odd.map((text) => read(text))).toEqual(odd.map(() => undefined));
  });
});
