import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DAYS, scheduleMap, type ScheduleRange, scheduleRanges } from '../../src/shared/index.js';

const never = '-'.repeat(48);
const always = '+'.repeat(48);

/** A map with the given lines, by day. */
const week = (lines: Readonly<Record<number, string>>) => DAYS.map((_, index) => lines[index] ?? never);

/** Half-hours from the left: `from` up to `to`. */
const line = (...runs: (readonly [number, number])[]) =>
  Array.from({ length: 48 }, (_, slot) => (runs.some(([from, to]) => slot >= from && slot < to) ? '+' : '-')).join('');

const slot = fc.integer({ min: 0, max: 48 });
const timeOf = (index: number) => `${String(Math.floor(index / 2)).padStart(2, '0')}:${index % 2 === 1 ? '30' : '00'}`;
const anyRange = fc
  .record({ day: fc.constantFrom(...DAYS), ends: fc.tuple(slot, slot).filter(([a, b]) => a !== b) })
  .map(({ day, ends }) => ({ day, from: timeOf(Math.min(...ends)), to: timeOf(Math.max(...ends)) }));
const anyMap = fc.array(fc.string({ unit: fc.constantFrom('+', '-'), minLength: 48, maxLength: 48 }), {
  minLength: 7,
  maxLength: 7,
});

describe('A schedule map as ranges', () => {
  it.each<[string, string[], ScheduleRange[]]>([
    ['nothing', week({}), []],
    ['a working day', week({ 1: line([18, 35]) }), [{ day: 'monday', from: '09:00', to: '17:30' }]],
    ['a whole Sunday', week({ 0: always }), [{ day: 'sunday', from: '00:00', to: '24:00' }]],
    ['one half-hour', week({ 6: line([47, 48]) }), [{ day: 'saturday', from: '23:30', to: '24:00' }]],
    [
      "the document's Friday",
      week({ 5: '+++++++++++++++++++++-++++++++++++++++++++++++++' }),
      [
        { day: 'friday', from: '00:00', to: '10:30' },
        { day: 'friday', from: '11:00', to: '24:00' },
      ],
    ],
    [
      'a night, which is two',
      week({ 3: line([44, 48]), 4: line([0, 12]) }),
      [
        { day: 'wednesday', from: '22:00', to: '24:00' },
        { day: 'thursday', from: '00:00', to: '06:00' },
      ],
    ],
  ])('%s', (_name, map, ranges) => {
    expect(scheduleRanges(map)).toEqual(ranges);
    expect(scheduleMap(ranges)).toEqual(map);
  });

  it('goes there and back', () => {
    fc.assert(fc.property(anyMap, (map) => expect(scheduleMap(scheduleRanges(map))).toEqual(map)));
  });

  it('covers what any ranges cover, and merges those that touch', () => {
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 20 }), (ranges) => {
        const map = scheduleMap(ranges);
        const covered = DAYS.map((day) => {
          const ofDay = ranges.filter((range) => range.day === day);
          const isIn = (time: string) => ofDay.some(({ from, to }) => from <= time && time < to);
          return Array.from({ length: 48 }, (_, at) => (isIn(timeOf(at)) ? '+' : '-')).join('');
        });
        expect(map).toEqual(covered);
        const told = scheduleRanges(map);
        expect(told.some(({ day, to }) => told.some((next) => next.day === day && next.from === to))).toBe(false);
      }),
    );
  });

  it.each<[string, object, string]>([
    ['an unknown day', { day: 'Sunday', from: '09:00', to: '10:00' }, 'ranges/1/day'],
    ['a time between half-hours', { day: 'sunday', from: '09:15', to: '10:00' }, 'ranges/1/from'],
    ['a time without zero', { day: 'sunday', from: '9:00', to: '10:00' }, 'ranges/1/from'],
    ['a time past midnight', { day: 'sunday', from: '09:00', to: '24:30' }, 'ranges/1/to'],
    ['no time', { day: 'sunday', from: '09:00' }, 'ranges/1/to'],
    ['an empty range', { day: 'sunday', from: '09:00', to: '09:00' }, 'ranges/1/to'],
    ['a range over midnight', { day: 'sunday', from: '22:00', to: '06:00' }, 'ranges/1/to'],
  ])('refuses %s', (_name, range, path) => {
    const good = { day: 'monday', from: '00:00', to: '00:30' } as const;
    expect(() => scheduleMap([good, range as ScheduleRange])).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });

  it.each([
    ['six lines', week({}).slice(1), 'map'],
    ['a short line', week({ 2: '-'.repeat(47) }), 'map/2'],
    ['another sign', week({ 6: `${'-'.repeat(47)}*` }), 'map/6'],
  ])('refuses a map with %s', (_name, map, path) => {
    expect(() => scheduleRanges(map)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});
