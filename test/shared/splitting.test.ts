import { describe, expect, it } from '@jest/globals';
import { askInParts, joinMaps, mapParts } from '../../src/shared/wire/splitting.js';
import type { Operation, Split } from '../../src/shared/sdk/declaration.js';
import { searchLogs } from '../../src/shared/sdk/logs.js';
import { getMapByDay, getMapByMinute, getMapBySecond } from '../../src/shared/sdk/record-maps.js';

const [HOUR, DAY] = [3600, 86_400];

/** The split of a declaration that has one of that kind. */
function splitOf<J extends Split['join']>({ split }: Operation, join: J): Extract<Split, { join: J }> {
  if (split?.join !== join) throw new Error(`no split of ${join}`);
  return split as Extract<Split, { join: J }>;
}

const byDay = splitOf(getMapByDay, 'maps');
const byMinute = splitOf(getMapByMinute, 'maps');

function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a record map', () => {
  const parts = (split: typeof byDay, ChannelIDs: number[], StartTime: number, EndTime: number) =>
    mapParts(split, { ChannelIDs, StartTime, EndTime, mainsub: 1 }).flat();

  it.each([
    ['by day, at the limit', byDay, [1, 2, 3, 4], 35 * DAY, ['1,2,3,4 0-35']],
    ['by day, a second longer', byDay, [1], 35 * DAY + 1, ['1 0-35', '1 35-35.00001']],
    [
      'by day, 40 days of 6 channels',
      byDay,
      [1, 2, 3, 4, 5, 6],
      40 * DAY,
      ['1,2,3,4 0-35', '1,2,3,4 35-40', '5,6 0-35', '5,6 35-40'],
    ],
    ['of 5 channels', byDay, [5, 4, 3, 2, 1], DAY, ['5,4,3,2 0-1', '1 0-1']],
    ['of a channel named twice', byDay, [2, 2, 2, 2, 2], DAY, ['2 0-1']],
    ['of no time', byDay, [1], 0, ['1 0-0']],
    ['that ends before it begins', byDay, [1], -DAY, ['1 0--1']],
    ['by minute, 60 h', byMinute, [1], 60 * HOUR, ['1 0-1', '1 1-2', '1 2-2.5']],
  ] as const)('%s', (_name, split, channels, length, expected) => {
    const start = 1_584_892_800;
    const shown = parts(split, [...channels], start, start + length).map(
      ({ channels: group, from, to }) =>
        `${group.join(',')} ${+((from - start) / DAY).toFixed(5)}-${+((to - start) / DAY).toFixed(5)}`,
    );
    expect(shown).toEqual(expected);
  });

  it('that would keep the NVR busy for ever is not asked for', () => {
    expect(() => parts(byDay, [1], 0, 35 * DAY * 1000)).not.toThrow();
    expect(() => parts(byDay, [1], 0, 35 * DAY * 1000 + 1)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'EndTime' }),
    );
    expect(() => parts(byDay, [1, 2, 3, 4, 5], 0, 35 * DAY * 501)).toThrow('EndTime');
  });

  const windows = (count: number, max: number) =>
    Array.from({ length: count }, (_, index) => ({ channels: [1], from: index * max, to: (index + 1) * max }));

  it.each([
    ['texts', ['+'.repeat(35), '-+'], '+'.repeat(35) + '-+'],
    ['too short a text', ['++', '-+'], '++' + '-'.repeat(33) + '-+'],
    ['too long a text', ['+'.repeat(36), '-+'], '+'.repeat(35) + '-+'],
    ['no text', [undefined, '-+'], '-'.repeat(35) + '-+'],
    ['no text at all', [undefined, undefined], undefined],
  ])('by day is joined from %s', async (_name, texts, expected) => {
    const replies = texts.map((text, index) => ({ StartTime: index, EndTime: index + 1, ...(text && { CH1: text }) }));
    const joined = await joinMaps(byDay, windows(2, 35 * DAY), replies);
    expect(joined).toEqual({ StartTime: 0, EndTime: 2, ...(expected && { CH1: expected }) });
  });

  it('by second is joined row by row, each part at its place', async () => {
    const row = (character: string) => character.repeat(60);
    const short = Array.from({ length: 59 }, () => row('+'));
    const replies = [{ CH1: short }, { CH1: [row('+'), '++'] }];
    const joined = await joinMaps(splitOf(getMapBySecond, 'maps'), windows(2, HOUR), replies);
    expect(joined['CH1']).toEqual([...short, row('-'), row('+'), '++']);
  });

  it('lets others have their turn between two channels', async () => {
    let turns = 0;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const channels = [1, 2, 3, 4];
    await joinMaps(
      byDay,
      windows(2, 35 * DAY).map((part) => ({ ...part, channels })),
      [{}, {}],
    );
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(channels.length);
  });

  const asked = (reply: (part: { StartTime: number; EndTime: number }) => unknown) => {
    const warnings: string[] = [];
    const requests: unknown[] = [];
    const outcome = askInParts(
      byDay,
      { ChannelIDs: [1], StartTime: 0, EndTime: 80 * DAY, mainsub: 2 },
      {
        ask: async (part) => {
          requests.push(part);
          return reply(part as never);
        },
        wall: () => 0,
        warn: (problem) => void warnings.push(problem),
      },
    );
    return { outcome, requests, warnings };
  };

  it('that the NVR cuts off keeps what came, and says so', async () => {
    const { outcome, warnings } = asked(({ StartTime }) => ({ StartTime, CH1: '+'.repeat(30) }));
    expect(await outcome).toEqual({
      StartTime: 0,
      CH1: '+'.repeat(30) + '-----' + '+'.repeat(30) + '-----' + '+'.repeat(30),
    });
    expect(warnings).toEqual([
      'the map of channel 1 is shorter than asked for',
      'the map of channel 1 is shorter than asked for',
    ]);
  });

  it('fails with the error of a part, and asks no further', async () => {
    const failure = new Error('no');
    const { outcome, requests } = asked(({ StartTime }) => {
      if (StartTime > 0) throw failure;
      return { CH1: '+'.repeat(35) };
    });
    expect(await rejection(outcome)).toBe(failure);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual({ ChannelIDs: [1], StartTime: 35 * DAY, EndTime: 70 * DAY, mainsub: 2 });
  });
});

describe('a search of logs', () => {
  const NOW = 1_700_000_000_000;
  const split = splitOf(searchLogs, 'lists');
  interface Log {
    readonly createTime: number;
    readonly n: number;
  }

  /** An NVR that keeps to the document, in one of the ways it can be read. */
  async function search(times: readonly number[], startTime: number, endTime: number, device: Partial<Device> = {}) {
    const { exclusive = false, newestFirst = false, limit = 4000 } = device;
    const all = times.map((createTime, n): Log => ({ createTime, n })).sort((a, b) => a.createTime - b.createTime);
    const [requests, warnings]: [{ startTime: number; endTime: number }[], string[]] = [[], []];
    const answer = (from: number, to: number) => {
      const end = to === 0 ? Infinity : to;
      const matching = all.filter(({ createTime: time }) => time >= from && (exclusive ? time < end : time <= end));
      return (newestFirst ? matching.toReversed() : matching).slice(0, limit);
    };
    const params = { type: 'All', startTime, endTime };
    const found = (await askInParts(split, params, {
      ask: async (part) => {
        const range = part as { startTime: number; endTime: number };
        requests.push(range);
        return answer(range.startTime, range.endTime);
      },
      wall: () => NOW,
      warn: (problem) => void warnings.push(problem),
    })) as Log[];
    return { found, requests, warnings };
  }
  interface Device {
    readonly exclusive: boolean;
    readonly newestFirst: boolean;
    readonly limit: number;
  }

  const spread = (count: number, step = 1000) => Array.from({ length: count }, (_, n) => NOW - n * step);
  const numbers = (logs: readonly Log[]) => logs.map(({ n }) => n);

  it.each([
    ['3,999', spread(3999), 1],
    ['exactly 4,000', spread(4000), 3],
    ['8,000', spread(8000), 5],
    ['20,000 within 20 s', spread(20_000, 1), 15],
    [
      '4,000 at one time and 3,999 at the next',
      [...Array<number>(4000).fill(NOW - 5), ...Array<number>(3999).fill(NOW)],
      3,
    ],
  ])('of %s finds each once, oldest first', async (_name, times, least) => {
    const { found, requests } = await search(times, 0, 0);
    expect(new Set(numbers(found)).size).toBe(times.length);
    expect(found).toHaveLength(times.length);
    const order = found.map(({ createTime }) => createTime);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(requests.length).toBeGreaterThanOrEqual(least);
    expect(requests.length).toBeLessThan(100);
  });

  it.each<[string, Partial<Device>]>([
    ['excludes the end', { exclusive: true }],
    ['names the newest first', { newestFirst: true }],
    ['does both', { exclusive: true, newestFirst: true }],
  ])('loses nothing where the NVR %s', async (_name, device) => {
    const times = spread(9000, 1);
    const { found, warnings } = await search(times, 1, NOW + 1, device);
    const expected = device.newestFirst ? numbers(found) : numbers(found).toReversed();
    expect(expected).toEqual(times.map((_, n) => n));
    expect(warnings).toEqual([]);
  });

  it('asks for the open end last, so that what is newer than our clock is found, too', async () => {
    const times = [...spread(4000), NOW + 5000, NOW + 60_000];
    const { found, requests } = await search(times, 0, 0);
    expect(found).toHaveLength(4002);
    expect(requests.at(-1)).toMatchObject({ endTime: 0 });
    expect(requests.filter(({ endTime }) => endTime === 0).length).toBeGreaterThan(1);
  });

  it('of more than 4,000 at one millisecond ends, and says that some may be missing', async () => {
    const times = [...Array<number>(8000).fill(NOW - 60_000), ...spread(10)];
    const { found, requests, warnings } = await search(times, 0, 0);
    expect(found).toHaveLength(4010);
    expect(warnings).toEqual([expect.stringContaining(`of the millisecond ${NOW - 60_000}`)]);
    expect(requests.length).toBeLessThan(200);
  });

  it.each<[string, (from: number, index: number) => unknown, number]>([
    ['without times', () => ({}), 1],
    ['with the same times for any range', (_from, index) => ({ createTime: NOW - index }), 100],
    ['with times that fit the range', (from) => ({ createTime: from }), 350],
  ])('of an NVR that fills every list ends, too: %s', async (_name, item, most) => {
    let requests = 0;
    const ask = async ({ startTime }: Readonly<Record<string, unknown>>) => {
      requests += 1;
      return Array.from({ length: 4000 }, (_, index) => item(Number(startTime), index));
    };
    const warnings: string[] = [];
    const warn = (problem: string) => void warnings.push(problem);
    const params = { type: 'All', startTime: 1, endTime: NOW };
    const found = (await askInParts(split, params, { ask, wall: () => NOW, warn })) as Log[];
    expect(requests).toBeLessThanOrEqual(most);
    expect(found.length).toBeGreaterThanOrEqual(4000);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('of a list without end asks for no more than can be kept, and tells the limit', async () => {
    const parts = 64;
    const broken: string[] = [];
    const ask = async ({ startTime, endTime }: Readonly<Record<string, unknown>>) => {
      const from = Number(startTime);
      const length = Number(endTime) - from > NOW / parts ? 4000 : 3999;
      return Array.from({ length }, () => ({ createTime: from }));
    };
    const params = { type: 'All', startTime: 1, endTime: NOW };
    const asking = { ask, wall: () => NOW, warn: () => undefined, exceeds: (limit: string) => void broken.push(limit) };
    const found = (await askInParts(split, params, asking)) as Log[];
    expect(found.length).toBeLessThan(parts * 3999);
    expect(new Set(broken)).toEqual(new Set(['json.joined']));
  });

  it('asks once where the NVR has no such limit', async () => {
    const { found, requests } = await search(spread(5000), 0, 0, { limit: 10_000 });
    expect(found).toHaveLength(5000);
    expect(requests).toEqual([{ type: 'All', startTime: 0, endTime: 0 }]);
  });

  it('passes on the error of a part', async () => {
    const failure = new Error('no');
    let requests = 0;
    const ask = async () => {
      if (requests++ > 0) throw failure;
      return spread(4000).map((createTime) => ({ createTime }));
    };
    const params = { type: 'All', startTime: 0, endTime: 0 };
    const outcome = askInParts(split, params, { ask, wall: () => NOW, warn: () => undefined });
    expect(await rejection(outcome)).toBe(failure);
  });
});
