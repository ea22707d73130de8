import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock, Nvr, recordedIntervals } from '../../src/shared/index.js';
import type { LimitCounters } from '../../src/shared/limit-counters.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { startOddNvr } from './odd-nvr.js';

/** Noon in the simulator's time zone, UTC+8. */
const NOON = Date.UTC(2024, 4, 15, 4);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

describe('record maps of any length', () => {
  const clock = new ManualClock(NOON);
  let simulator: Simulator;
  let nvr: Nvr;
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);

  beforeAll(async () => {
    simulator = await Simulator.start({ cameras: 6, clock });
    const logger = { debug: () => undefined, info: keep, warn: keep, error: keep };
    const { host, port } = simulator;
    nvr = new Nvr({ host, port, username: 'admin', password: 'admin123', clock, logger });
  });
  afterAll(async () => {
    await nvr.close();
    expect(simulator.refused).toEqual([]);
    await simulator.stop();
  });

  const requestsDuring = async (work: () => Promise<unknown>) => {
    const before = simulator.requests.length;
    await work();
    return simulator.requests.slice(before).filter(({ path }) => path.startsWith('/record/'));
  };

  it('40 days of 6 channels are one map: in four requests', async () => {
    const StartTime = (NOON - 12 * HOUR - 39 * DAY) / 1000;
    const params = { ChannelIDs: [1, 2, 3, 4, 5, 6], StartTime, EndTime: StartTime + (40 * DAY) / 1000, mainsub: 1 };
    const requests = await requestsDuring(async () => {
      const { CH1, CH6, ...map } = await nvr.recording.getMapByDay(params);
      expect(map).toMatchObject({ StartTime, EndTime: params.EndTime });
      // 26 hours are recorded: today since midnight, yesterday, and nothing of the day before.
      expect(CH1).toBe('-'.repeat(38) + '++');
      expect(CH6).toBe(CH1);
      expect(Object.keys(map)).toEqual(expect.arrayContaining(['CH2', 'CH3', 'CH4', 'CH5']));
    });
    expect(requests).toHaveLength(4);
    expect(await nvr.callByName('getMapByDay', params)).toMatchObject({ CH3: '-'.repeat(38) + '++' });
  });

  it('60 hours of minutes are one list, row by row', async () => {
    const StartTime = (NOON - 60 * HOUR) / 1000;
    const params = { ChannelIDs: [2], StartTime, EndTime: NOON / 1000, mainsub: 2 };
    const { CH2 = [] } = await nvr.recording.getMapByMinute(params);
    expect(CH2).toHaveLength(60);
    expect(CH2.every((row) => row.length === 60)).toBe(true);
    expect(CH2.slice(0, 34).join('')).not.toContain('+');
    const gaps = CH2.slice(34).join('').match(/-+/g) ?? [];
    expect(gaps.every((gap) => gap.length === 10)).toBe(true);
    expect(gaps.length).toBeGreaterThanOrEqual(8);
  });

  it('maps, clips and intervals agree, second by second', async () => {
    const [from, to] = [NOON - 7 * HOUR + 1234, NOON - 2 * HOUR - 4321];
    const query = { channels: [3, 1], stream: 'main', from, to } as const;
    const seconds = await recordedIntervals(nvr, { ...query, resolution: 'second' });
    const clips = await nvr.recording.requestVideoClips({
      ChannelID: 3,
      startTime: Math.floor(from / 1000),
      endTime: Math.ceil(to / 1000),
    });
    const third = seconds.filter(({ channel }) => channel === 3);
    expect(third.map(({ from: begin, to: end }) => ({ startTime: +begin / 1000, endTime: +end / 1000 }))).toEqual(
      clips,
    );
    expect(third.length).toBeGreaterThan(1);
    expect(seconds.map(({ channel }) => channel)).toEqual(
      seconds.map(({ channel }) => channel).toSorted((a, b) => b - a),
    );
    // Gaps begin and end at full minutes, so minutes show the same.
    expect(await recordedIntervals(nvr, query)).toEqual(seconds);
  });

  it('intervals are cut to the range, and reach over the limits of the NVR', async () => {
    const query = { channels: [1], stream: 'sub', from: new Date(NOON - 3 * DAY), to: new Date(NOON + DAY) } as const;
    const intervals = await recordedIntervals(nvr, query);
    expect(intervals[0]?.from.getTime()).toBe(NOON - 26 * HOUR);
    expect(intervals.at(-1)?.to.getTime()).toBe(NOON);
    const within = await recordedIntervals(nvr, { ...query, from: NOON - 90 * MINUTE - 1, to: NOON - 89 * MINUTE });
    expect(within).toEqual([
      { channel: 1, from: new Date(NOON - 90 * MINUTE - 1000), to: new Date(NOON - 89 * MINUTE) },
    ]);
  });

  it("days are those of the NVR's time zone", async () => {
    const query = { channels: [1, 2], stream: 'main', from: NOON - 50 * DAY, to: NOON } as const;
    const days = await recordedIntervals(nvr, { ...query, resolution: 'day' });
    const [from, to] = [new Date(NOON - 36 * HOUR), new Date(NOON)];
    expect(days).toEqual([1, 2].map((channel) => ({ channel, from, to })));
  });

  it.each([
    [{ from: NOON, to: NOON }, 'to'],
    [{ from: Number.NaN, to: NOON }, 'from'],
    [{ from: -1, to: NOON }, 'from'],
    [{ from: NOON, to: Infinity }, 'to'],
    [{ from: 0, to: NOON, resolution: 'second' as const }, 'EndTime'],
    [{ from: 0, to: 8.64e15, resolution: 'day' as const }, 'to'],
    [{ from: NOON - 1, to: NOON, stream: 'Main' as 'main' }, 'stream'],
    [{ from: NOON - 1, to: NOON, channels: [] }, 'ChannelIDs'],
    [{ from: NOON - 1, to: NOON, channels: [0] }, 'ChannelIDs/0'],
  ])('what cannot be asked for is not asked for: %j', async (change, path) => {
    const requests = await requestsDuring(async () => {
      const outcome = recordedIntervals(nvr, { channels: [1], stream: 'main', ...change });
      await expect(outcome).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
    });
    expect(requests).toEqual([]);
  });

  it('more than 4,000 logs are found, each once, 8,000 of one millisecond with a warning', async () => {
    const begin = NOON - 100 * DAY;
    const log = (createTime: number, description: string) => ({
      ...{ type: 'Alarm' as const, description, createTime, hasRecord: false },
    });
    const spread = Array.from({ length: 4001 }, (_, n) => log(begin + n * 1000, `log ${n}`));
    await nvr.log.addLogs({ body: spread.slice(0, 4000) });
    const all = { type: 'Alarm' as const, startTime: 0, endTime: 0 };
    expect(await nvr.log.searchLogs(all)).toHaveLength(4000);
    await nvr.log.addLogs({ body: spread.slice(4000) });
    const found = await nvr.log.searchLogs(all);
    expect(found.map(({ description }) => description)).toEqual(spread.map(({ description }) => description));
    expect(lines).toEqual([]);

    const same = Array.from({ length: 4000 }, () => log(NOON - DAY, 'same'));
    await nvr.log.addLogs({ body: same });
    await nvr.log.addLogs({ body: same });
    const late = { ...all, startTime: NOON - DAY - 100, endTime: NOON - DAY + 100 };
    expect(await nvr.log.searchLogs(late)).toHaveLength(4000);
    expect(await nvr.log.searchLogs(late)).toHaveLength(4000);
    expect(lines).toEqual([expect.stringMatching(/^searchLogs: of the millisecond 1715659200000/)]);
  });
});

describe('an odd NVR', () => {
  it('where the clock changes, is asked for that day alone, from its midnight on', async () => {
    const asked: unknown[] = [];
    const { client } = await startOddNvr({
      'GET /system/getTime': () => ({
        ...{ time_zone: 60, dst_enable: 'true', dst_mode: 1, dst_offset: 60 },
        ...{ dst_start_month: 2, dst_start_week: -1, dst_start_day: 0, dst_start_hour: 2, dst_start_minute: 0 },
        ...{ dst_end_month: 9, dst_end_week: -1, dst_end_day: 0, dst_end_hour: 3, dst_end_minute: 0 },
      }),
      'POST /record/getMapByDay': (_request, _response, body) => {
        const { StartTime, EndTime } = JSON.parse(body) as { StartTime: number; EndTime: number };
        asked.push([new Date(StartTime * 1000).toISOString(), (EndTime - StartTime) / 3600]);
        return { CH1: '+'.repeat(Math.ceil((EndTime - StartTime) / 86_400)) };
      },
    });
    const query = { channels: [1], stream: 'main', resolution: 'day' } as const;
    const spring = await recordedIntervals(client, {
      ...query,
      from: Date.UTC(2024, 2, 30, 12),
      to: Date.UTC(2024, 3, 2, 12),
    });
    expect(asked).toEqual([
      ['2024-03-29T23:00:00.000Z', 24],
      ['2024-03-30T23:00:00.000Z', 23],
      ['2024-03-31T22:00:00.000Z', 48],
    ]);
    expect(spring).toEqual([{ channel: 1, from: new Date('2024-03-30T12:00Z'), to: new Date('2024-04-02T12:00Z') }]);
    asked.length = 0;
    await recordedIntervals(client, { ...query, from: Date.UTC(2024, 9, 27, 12), to: Date.UTC(2024, 9, 28, 12) });
    expect(asked).toEqual([
      ['2024-10-26T22:00:00.000Z', 24],
      ['2024-10-27T23:00:00.000Z', 24],
    ]);
  });

  it('that sends a map as bare text, or none, is understood; that it is short is said once', async () => {
    const lines: string[] = [];
    const keep = (message: string) => void lines.push(message);
    const { client } = await startOddNvr(
      { 'POST /record/getMapByMinute': () => ({ StartTime: '0', CH1: '++--++' }) },
      { logger: { debug: () => undefined, info: keep, warn: keep, error: keep } },
    );
    for (let time = 0; time < 2; time++) {
      const query = { channels: [1, 2], stream: 'main', from: 3600_000, to: 7200_000 } as const;
      expect(await recordedIntervals(client, query)).toEqual([
        { channel: 1, from: new Date(3600_000), to: new Date(3720_000) },
        { channel: 1, from: new Date(3840_000), to: new Date(3960_000) },
      ]);
    }
    expect(lines.filter((line) => line.startsWith('getMapByMinute'))).toEqual([
      'getMapByMinute: the map of channel 1, 2 is shorter than asked for',
    ]);
  });

  it('whose map shows more intervals than anybody wants is refused, and others have their turn meanwhile', async () => {
    const to = NOON - (NOON % DAY);
    // Every other minute of a year, of two cameras.
    const CH1 = new Array<string>(365 * 24).fill('+-'.repeat(30));
    const hits: string[] = [];
    const client = {
      call: () => Promise.resolve({ CH1, CH2: CH1 } as never),
      limits: { hit: (limit: string) => hits.push(limit) } as unknown as LimitCounters,
    };
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const query = { channels: [1], stream: 'main', to } as const;
    const year = recordedIntervals(client, { ...query, channels: [1, 2], from: to - 365 * DAY });
    await expect(year).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE', limit: 'json.intervals' });
    clearImmediate(next);
    expect(turns).toBeGreaterThan(30);
    expect(hits).toEqual(['json.intervals']);
    const day = await recordedIntervals(client, { ...query, from: to - DAY });
    expect(day).toHaveLength(720);
    expect(day.at(-1)).toEqual({ channel: 1, from: new Date(to - 2 * MINUTE), to: new Date(to - MINUTE) });
  });
});
