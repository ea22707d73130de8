import { describe, expect, it } from '@jest/globals';
import {
  describeTimeZone,
  localDayStart,
  type TimeSettings,
  timeZoneSettings,
  utcOffsetAt,
} from '../../src/shared/index.js';

const YEAR = 2026;

/** Zone, minutes, and what is written for its daylight saving time. */
const zones: [zone: string, posix: string, settings: Partial<TimeSettings>][] = [
  ['Asia/Taipei', '<+08>-8', { time_zone: 480, dst_enable: false }],
  ['Asia/Kolkata', '<+0530>-5:30', { time_zone: 330, dst_enable: false }],
  [
    'Europe/Berlin',
    '<+01>-1<+02>-2,M3.5.0/2,M10.5.0/3',
    {
      time_zone: 60,
      dst_enable: true,
      dst_mode: 1,
      dst_offset: 60,
      dst_start_month: 2,
      dst_start_week: -1,
      dst_start_day: 0,
      dst_start_hour: 2,
      dst_end_month: 9,
      dst_end_week: -1,
      dst_end_hour: 3,
    },
  ],
  [
    'Europe/London',
    '<+00>0<+01>-1,M3.5.0/1,M10.5.0/2',
    { time_zone: 0, dst_enable: true, dst_offset: 60, dst_start_hour: 1, dst_end_hour: 2 },
  ],
  [
    'America/New_York',
    '<-05>5<-04>4,M3.2.0/2,M11.1.0/2',
    { time_zone: -300, dst_enable: true, dst_start_month: 2, dst_start_week: 1, dst_end_month: 10, dst_end_week: 0 },
  ],
  [
    'Australia/Sydney',
    '<+10>-10<+11>-11,M10.1.0/2,M4.1.0/3',
    { time_zone: 600, dst_enable: true, dst_start_month: 9, dst_start_week: 0, dst_end_month: 3, dst_end_week: 0 },
  ],
];

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Shows `2026-03-29 01:00:00`. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  return clock;
}

/** Minutes east of UTC, by another way than the code under test. */
function trueOffset(zone: string, time: number): number {
  const wall = clockOf(zone).format(time);
  return (Date.parse(`${wall.replace(' ', 'T')}Z`) - time) / 60_000;
}

describe('time zones', () => {
  describe.each(zones)('%s', (zone, posix, expected) => {
    const settings = timeZoneSettings(zone, YEAR);

    it('is written in the settings of the NVR', () => {
      expect(settings).toMatchObject(expected);
    });

    it('is read from them again', () => {
      const described = describeTimeZone(settings, YEAR);
      // Where a zone has an older name, the system may list it by that.
      const canonical = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
      expect(described.zones.some((other) => other === zone || other === canonical)).toBe(true);
      expect(described.posix).toBe(posix);
    });

    it('gives the right offset in each hour of this year and the next', () => {
      const wrong: string[] = [];
      for (let time = Date.UTC(YEAR); time < Date.UTC(YEAR + 2); time += 3_600_000) {
        if (utcOffsetAt(settings, time) !== trueOffset(zone, time)) wrong.push(new Date(time).toISOString());
      }
      expect(wrong).toEqual([]);
    });

    it('begins each day at its midnight', () => {
      for (let time = Date.UTC(YEAR) + 1; time < Date.UTC(YEAR + 1); time += 6 * 3_600_000) {
        const start = localDayStart(settings, time);
        const clock = (at: number) => clockOf(zone).format(at);
        expect(clock(start)).toBe(`${clock(time).slice(0, 10)} 00:00:00`);
        expect(start).toBeLessThanOrEqual(time);
      }
    });
  });

  it('names offsets and changes', () => {
    expect(describeTimeZone(timeZoneSettings('Europe/Berlin', YEAR), YEAR)).toMatchObject({
      utcOffset: '+01:00',
      dst: {
        utcOffset: '+02:00',
        start: Date.parse('2026-03-29T01:00:00Z'),
        end: Date.parse('2026-10-25T01:00:00Z'),
      },
    });
    expect(describeTimeZone({ time_zone: -210 }, YEAR)).toEqual({
      utcOffset: '-03:30',
      posix: '<-0330>3:30',
      zones: [],
    });
  });

  it('tells zones apart that have the same offset but other rules', () => {
    const { zones } = describeTimeZone(timeZoneSettings('America/New_York', YEAR), YEAR);
    expect(zones).toEqual(expect.arrayContaining(['America/New_York', 'America/Toronto']));
    expect(zones).not.toContain('America/Havana');
    expect(zones).not.toContain('America/Panama');
  });

  it('goes by date where no week fits', () => {
    // Summer ended on the fourth Sunday of March, which was not the last.
    const settings = timeZoneSettings('America/Asuncion', 2024);
    expect(settings).toMatchObject({
      time_zone: -240,
      dst_mode: 0,
      dst_start_date: 6,
      dst_end_month: 2,
      dst_end_date: 24,
    });
    const { zones, posix } = describeTimeZone(settings, 2024);
    expect(zones).toContain('America/Asuncion');
    expect(posix).toBe('<-04>4<-03>3,J279/0,J83/0');
  });

  it('begins a day without midnight when the clock has been put forward', () => {
    const settings: TimeSettings = { ...timeZoneSettings('Europe/Berlin', YEAR), dst_start_hour: 0 };
    expect(localDayStart(settings, Date.parse('2026-03-29T12:00:00Z'))).toBe(Date.parse('2026-03-28T23:00:00Z'));
  });

  it('begins a day that has two midnights at the first', () => {
    const settings: TimeSettings = { ...timeZoneSettings('Europe/Berlin', YEAR), dst_end_hour: 1 };
    expect(localDayStart(settings, Date.parse('2026-10-25T12:00:00Z'))).toBe(Date.parse('2026-10-24T22:00:00Z'));
  });

  it.each([NaN, 26, 20_260, 2026.5])('refuses the year %s', (year) => {
    const wrong = expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'year' });
    expect(() => timeZoneSettings('Europe/Berlin', year)).toThrow(wrong);
    expect(() => describeTimeZone({}, year)).toThrow(wrong);
  });

  it.each([
    ['Mars/Olympus', /there is no time zone/],
    ['Europe/Volgograd', /no setting for/],
  ])('refuses %s', (zone, message) => {
    expect(() => timeZoneSettings(zone, 2020)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'zone', message: expect.stringMatching(message) }),
    );
  });
});
