import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, newestSnapshot, Nvr, operations } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { startOddNvr } from './odd-nvr.js';

const NOW = Date.UTC(2024, 4, 15, 4);
const DAY = 86_400_000;

describe('The newest snapshot on the disk', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let nvr: Nvr;

  beforeEach(async () => {
    clock = new ManualClock(NOW);
    simulator = await Simulator.start({ cameras: 2, clock });
    const { host, port } = simulator;
    nvr = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  });
  afterEach(async () => {
    await nvr.close();
    expect(simulator.refused).toEqual([]);
    await simulator.stop();
  });

  const take = (channel: number) => nvr.call(operations.getSnapshot, { ChannelID: channel });

  it('is the newest of that channel, and stays there', async () => {
    await take(1);
    clock.advance(60_000);
    await take(1);
    await take(2);
    clock.advance(60_000);
    const snapshot = await newestSnapshot(nvr, 1, { clock });
    expect(snapshot).toMatchObject({ taken: new Date(NOW + 60_000), type: 'Manual' });
    expect(snapshot?.jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(await newestSnapshot(nvr, 1, { clock })).toEqual(snapshot);
    const search = simulator.requests.find(({ path }) => path === '/device/searchSnapshotPath');
    expect(JSON.parse(search?.body ?? '')).toMatchObject({ types: ['Manual', 'Normal', 'Motion', 'InputAlarm'] });
  });

  it.each([
    ['hours old', 5 * 3_600_000, true],
    ['days old', 20 * DAY, true],
    ['by a clock that is ahead', -3_600_000, true],
    ['older than 30 days', 31 * DAY, false],
  ])('may be %s', async (_case, age, found) => {
    await take(1);
    const snapshot = await newestSnapshot(nvr, 1, { clock: new ManualClock(NOW + age) });
    expect(snapshot?.taken).toEqual(found ? new Date(NOW) : undefined);
  });

  it('may be asked for by a time, which it may have itself', async () => {
    await take(1);
    clock.advance(60_000);
    await take(1);
    const until = async (ms: number) => (await newestSnapshot(nvr, 1, { clock, until: new Date(NOW + ms) }))?.taken;
    expect([await until(60_000), await until(59_000), await until(0), await until(-1000)]).toEqual([
      ...[new Date(NOW + 60_000), new Date(NOW), new Date(NOW), undefined],
    ]);
  });

  it('is none where there is none', async () => {
    expect(await newestSnapshot(nvr, 1, { clock })).toBeUndefined();
  });
});

it('is not fetched where the NVR names another channel, or a path that is none', async () => {
  const item = (channel: number, timeStamp: number, snapshotPath: string) => ({
    ...{ channel, timeStamp, type: 'Motion', snapshotPath },
  });
  const { client, requests } = await startOddNvr({
    'POST /device/searchSnapshotPath': () => [item(1, 10, '/a/../b.jpg'), item(2, 20, '/c.jpg')],
  });
  await expect(newestSnapshot(client, 1)).rejects.toMatchObject({ code: 'INVALID_REPLY' });
  expect(requests).not.toContain('GET /device/download/');
});

it('is the next one where somebody deletes the newest before it is fetched', async () => {
  const jpeg = Buffer.from('ffd8ffe0', 'hex');
  const item = (timeStamp: number) => ({ ...{ channel: 1, timeStamp, type: 'Manual' }, snapshotPath: `/${timeStamp}` });
  const nvrWith = (kept: readonly number[]) =>
    startOddNvr({
      'POST /device/searchSnapshotPath': () => [10, 20, 30].map(item),
      'GET /device/download/': ({ url = '' }, response) => {
        if (!kept.some((time) => url.endsWith(String(time))))
          return { Result: 'Error', Description: 'no such snapshot' };
        return void response.end(jpeg);
      },
    });
  const { client } = await nvrWith([10, 20]);
  expect(await newestSnapshot(client, 1)).toEqual({ taken: new Date(20_000), type: 'Manual', jpeg });
  const without = await nvrWith([]);
  await expect(newestSnapshot(without.client, 1)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
});
