import { describe, expect, it } from '@jest/globals';
import {
  lineOf,
  painted,
  rangesOf,
  readWeek,
  type WeekPatch,
  writeWeek,
} from '../../src/node-red/nodes/settings/editor/week.js';
import { DAYS } from '../../src/shared/index.js';

const never = '-'.repeat(48);
const always = '+'.repeat(48);
const base = Array.from({ length: 7 }, () => never);
const line = (from: number, to: number) => '-'.repeat(from) + '+'.repeat(to - from) + '-'.repeat(48 - to);

describe('What is painted on a week', () => {
  const paint = (patch: WeekPatch, days: number[], slots: [number, number], on = true) =>
    painted({ names: DAYS, base, patch }, days, slots, on);

  it('is a patch of the days that it covers', () => {
    expect(paint({}, [6, 0], [0, 48])).toEqual({ saturday: always, sunday: always });
    expect(paint({ monday: line(0, 12) }, [1], [44, 48])).toEqual({ monday: `${'+'.repeat(12)}${'-'.repeat(32)}++++` });
  });

  it('is no change where a day is then as the NVR has it', () => {
    expect(paint({ monday: line(0, 12) }, [1, 2], [0, 12], false)).toEqual({});
  });

  it('begins empty where nothing is known, and stays a change', () => {
    const unknown = { names: DAYS, base: undefined, patch: {} };
    expect(painted(unknown, [3], [2, 3], false)).toEqual({ wednesday: never });
    expect(lineOf(3, DAYS, undefined, {})).toBeUndefined();
  });
});

describe('The row of a week', () => {
  it.each<[string, string, WeekPatch]>([
    ['some days', JSON.stringify({ friday: always }), { friday: always }],
    ['a whole week', JSON.stringify(base), Object.fromEntries(DAYS.map((day) => [day, never]))],
    ['nothing', '', {}],
    ['no JSON', '{', {}],
    [
      'days that there are not, and lines that are none',
      JSON.stringify({ funday: always, monday: '+', friday: 1 }),
      {},
    ],
    ['no object', '5', {}],
  ])('may hold %s', (_, text, patch) => {
    expect(readWeek(text, DAYS)).toEqual(patch);
  });

  it('is empty where nothing is to change, and has the days in their order', () => {
    expect(writeWeek({}, DAYS)).toBe('');
    expect(writeWeek({ saturday: always, monday: never }, DAYS)).toBe(
      JSON.stringify({ monday: never, saturday: always }),
    );
  });

  it('is told in ranges', () => {
    expect(rangesOf(`${'+'.repeat(12)}${'-'.repeat(32)}++++`)).toBe('00:00–06:00, 22:00–24:00');
  });
});
