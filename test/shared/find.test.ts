import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findEvents, findLogs, findMetadata, ManualClock, Nvr } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { startOddNvr } from './odd-nvr.js';

/** Noon in the simulator's time zone, UTC+8. */
const NOON = Date.UTC(2024, 4, 15, 4);
const HOUR = 3_600_000;
const range = { from: NOON - 24 * HOUR, to: NOON };

describe('searches of any length', () => {
  const clock = new ManualClock(NOON);
  let simulator: Simulator;
  let nvr: Nvr;
  beforeAll(async () => {
    simulator = await Simulator.start({ clock });
    const { host, port } = simulator;
    nvr = new Nvr({ host, port, username: 'admin', password: 'admin123', clock });
  });
  afterAll(async () => {
    await nvr.close();
    expect(simulator.refused).toEqual([]);
    await simulator.stop();
  });

  it('find events in order of time, with the recording that goes with each', async () => {
    const { items, complete } = await findEvents(nvr, { channels: [1, 2], ...range });
    const times = items.map(({ from }) => from.getTime());
    expect(complete).toBe(true);
    expect(items.length).toBeGreaterThan(80);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(new Set(items.map(({ channel }) => channel))).toEqual(new Set([1, 2]));
    const [first] = items;
    expect(first).toEqual({
      ...{ channel: expect.any(Number), type: expect.stringMatching(/^(Motion|InputAlarm)$/) },
      ...{ from: expect.any(Date), to: expect.any(Date), bytes: expect.any(Number), comment: expect.any(String) },
      recordedFrom: new Date((first?.from.getTime() ?? 0) - 10_000),
      recordedTo: new Date((first?.to?.getTime() ?? 0) + 30_000),
    });
  });

  it('ask for nothing where no camera is named', async () => {
    const before = simulator.requests.length;
    const query = { channels: [], ...range };
    const nothing = { items: [], complete: true };
    expect(await findEvents(nvr, query)).toEqual(nothing);
    expect(await findMetadata(nvr, query)).toEqual(nothing);
    expect(simulator.requests).toHaveLength(before);
    await expect(findEvents(nvr, { ...query, limit: 0 })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
  });

  it('ask day by day, and tell an event once that goes on over the end of one', async () => {
    const alarm = { channel: 3, type: 'ManualRecord' };
    clock.advance(23 * HOUR);
    simulator.throwEvent({ ...alarm, state: 'active' });
    clock.advance(2 * HOUR);
    simulator.throwEvent({ ...alarm, state: 'inactive' });
    clock.advance(24 * HOUR);
    const before = simulator.requests.length;
    const { items } = await findEvents(nvr, {
      channels: [3],
      types: ['ManualRecord'],
      from: NOON,
      to: NOON + 49 * HOUR,
    });
    const asked = simulator.requests.slice(before).filter(({ path }) => path === '/record/eventSearch');
    expect(asked).toHaveLength(3);
    expect(items).toMatchObject([{ from: new Date(NOON + 23 * HOUR), to: new Date(NOON + 25 * HOUR) }]);
  });

  it('end with their limit, and say so', async () => {
    const before = simulator.requests.length;
    const search = { channels: [1], from: NOON - 100 * 24 * HOUR, to: NOON };
    const { items, complete } = await findEvents(nvr, { ...search, limit: 5 });
    expect({ found: items.length, complete }).toEqual({ found: 5, complete: false });
    expect(simulator.requests.slice(before).length).toBeLessThan(101);
    const many = { channels: [1, 2], from: NOON - 600 * 24 * HOUR, to: NOON };
    await expect(findMetadata(nvr, many)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'to' });
    await expect(findEvents(nvr, { ...search, limit: 0 })).rejects.toMatchObject({ path: 'limit' });
    await expect(findEvents(nvr, { ...search, to: search.from })).rejects.toMatchObject({ path: 'to' });
  });

  it('find metadata of several cameras', async () => {
    const begun = clock.wall();
    simulator.throwMeta({ channel: 2, type: 'manualStart', data: 'active' });
    clock.advance(5000);
    simulator.throwMeta({ channel: 1, type: 'manualStop', data: 'inactive' });
    const { items } = await findMetadata(nvr, { channels: [1, 2], from: begun, to: clock.wall() + 1000 });
    expect(items).toEqual([
      { channel: 2, type: 'manualStart', data: 'active', time: new Date(begun) },
      { channel: 1, type: 'manualStop', data: 'inactive', time: new Date(begun + 5000) },
    ]);
  });

  it('find log entries', async () => {
    const entry = { type: 'Account', description: 'Login', user: 'admin', createTime: clock.wall() } as const;
    const body = [entry, { ...entry, type: 'System' as const }, entry].map((each) => ({ ...each, hasRecord: true }));
    await nvr.log.addLogs({ body });
    const search = { type: 'Account', from: NOON - HOUR, to: clock.wall() + 1000 } as const;
    const { items, complete } = await findLogs(nvr, search);
    // Two at the same time are two.
    const login = { type: 'Account', time: new Date(entry.createTime), description: 'Login', user: 'admin' };
    expect({ items, complete }).toEqual({ complete: true, items: Array(2).fill({ ...login, recorded: true }) });
    const all = await findLogs(nvr, { ...search, type: undefined, limit: 1 });
    expect({ found: all.items.length, complete: all.complete }).toEqual({ found: 1, complete: false });
  });

  it('keep what an NVR tells twice once, and leave out what has no time', async () => {
    const event = { ChannelID: 1, Type: 'Motion\u0007', ev_start: NOON / 1000 - 60 };
    const { client } = await startOddNvr({
      'POST /record/eventSearch': (_request, response) =>
        void response.end(JSON.stringify([event, event, { ...event, ev_start: undefined }])),
    });
    const { items } = await findEvents(client, { channels: [1], ...range });
    expect(items).toEqual([{ channel: 1, type: expect.stringMatching(/^Motion\S?$/), from: new Date(NOON - 60_000) }]);
  });
});

describe('searches whose NVR finds very much', () => {
  const FOUND = 20_000;
  const entries = Array.from({ length: FOUND }, (_, index) => ({
    ...{ ChannelID: 1, Type: 'Motion', type: 'System', description: `${index}` },
    ...{ ev_start: NOON / 1000 + index, Timestamp: NOON + index, createTime: NOON + index },
  }));
  const client = { call: () => Promise.resolve(entries) } as unknown as Nvr;
  const day = { from: NOON, to: NOON + 23 * HOUR, limit: FOUND };

  it.each([
    ['events', () => findEvents(client, { channels: [1], ...day })],
    ['metadata', () => findMetadata(client, { channels: [1], ...day })],
    ['log entries', () => findLogs(client, day)],
  ])('leave others their turn while they read them: %s', async (_, find) => {
    let turns = 0;
    let over = false;
    const count = () => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const { items, complete } = await find();
    over = true;
    expect([items.length, complete]).toEqual([FOUND, true]);
    expect(turns).toBeGreaterThanOrEqual(FOUND / 2000);
  });
});
