import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

const NOW = Date.UTC(2024, 4, 15, 4);

let clock: ManualClock;
let simulator: Simulator;
let visitor: Visitor;

beforeEach(async () => {
  clock = new ManualClock(NOW);
  simulator = await Simulator.start({ cameras: 2, clock });
  visitor = await Visitor.loggedIn(simulator);
});
afterEach(() => simulator.stop());

const post = async (path: string, body: unknown) => (await visitor.post(path, body)).json as never;

describe('the log', () => {
  const search = (type = 'All', startTime = 0, endTime = 0) =>
    post('/system/searchLogs', { type, startTime, endTime }) as Promise<Record<string, unknown>[]>;

  it('notes what the NVR does', async () => {
    clock.advance(1000);
    await post('/device/setRecordSettings', { settings: [{ channel: '1' }] });
    await visitor.get('/device/cameraList');
    const entry = (type: string, description: string, ms = 0) => ({
      ...{ type, description, createTime: NOW + ms, hasRecord: expect.any(Number) },
    });
    expect(await search()).toEqual([
      entry('System', 'System Startup'),
      entry('System', 'Login'),
      entry('Configuration', 'Set record settings', 1000),
    ]);
    expect(await search('Configuration')).toHaveLength(1);
  });

  it('answers 4,000 entries at most, by type and time', async () => {
    const entries = Array.from({ length: 4100 }, (_, n) => ({
      ...{ type: n % 2 === 0 ? 'Storage' : 'Record', description: `${n}`, createTime: 1_000_000 + n, hasRecord: true },
      ...(n === 0 && { channel: 2, user: 'operator' }),
    }));
    expect(await post('/system/addLogs', entries)).toEqual({ Result: 'OK' });
    expect(await search('All')).toHaveLength(4000);
    expect(await search('Record', 0, 2_000_000)).toHaveLength(2050);
    const some = await search('All', 1_000_000, 1_000_002);
    expect(some.map(({ description }) => description)).toEqual(['0', '1', '2']);
    expect(some[0]).toEqual({ ...entries[0], hasRecord: 1 });
    expect(await search('All', 1_004_099, 2_000_000)).toHaveLength(1);
    expect((await search('All', 1_000_001)).length).toBe(4000);
  });
});
