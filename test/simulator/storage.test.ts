import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Recordings } from '../../packages/simulator/src/nvr/recordings.js';
import { Storage } from '../../packages/simulator/src/nvr/storage.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

describe('The disks of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const disks = async () => {
    const { json } = await visitor.get('/storage/getStorages');
    return (json as { slot: string; active: boolean; group: number }[]).map(({ slot, active, group }) => [
      slot,
      active,
      group,
    ]);
  };
  const format = (device: string, body = [device]) =>
    visitor.send('GET', `/storage/format?device=${encodeURIComponent(device)}`, JSON.stringify(body));

  it('are four, in three groups', async () => {
    expect(await disks()).toEqual([
      ['HDD-1', true, 1],
      ['HDD-2', true, 1],
      ['HDD-3', true, 2],
      ['HDD-4', true, 3],
    ]);
  });

  it('form the groups that are set', async () => {
    const groups = [{ name: 'All', storages: ['HDD-1', 'HDD-2', 'HDD-4'], rec_channels: [1, 2, 8] }];
    await visitor.post('/storage/setDiskGroups', groups);
    expect((await visitor.get('/storage/getDiskGroups')).json).toEqual(groups);
    expect((await disks()).map(([slot, , group]) => [slot, group])).toEqual([
      ['HDD-1', 1],
      ['HDD-2', 1],
      ['HDD-3', 0],
      ['HDD-4', 1],
    ]);
  });

  it('are taken out of use and moved between groups', async () => {
    const { json } = await visitor.post('/storage/setStorages', [
      { device: '/dev/sda', active: false, group: 2 },
      { device: '/dev/sdd', active: true, group: 0 },
    ]);
    expect(json).toContainEqual({ device: '/dev/sda', active: false, group: 2 });
    expect(await disks()).toEqual([
      ['HDD-1', false, 2],
      ['HDD-2', true, 1],
      ['HDD-3', true, 2],
      ['HDD-4', true, 0],
    ]);
    expect((await visitor.get('/storage/getDiskGroups')).json).toMatchObject([
      { storages: ['HDD-2'] },
      { storages: ['HDD-3', 'HDD-1'] },
      { storages: [] },
    ]);
  });

  it('remember the days after which they are overwritten, over a restart, too', async () => {
    await visitor.post('/storage/setOverwrite', { overwriteDays: 14 });
    await simulator.restart();
    const again = await Visitor.loggedIn(simulator);
    expect((await again.get('/storage/getOverwrite')).json).toEqual({ overwriteDays: 14 });
  });

  it.each([
    [
      'a disk that is not there',
      [{ name: 'A', storages: ['HDD-5'], rec_channels: [1] }],
      /storages: there is no HDD-5/,
    ],
    [
      'a channel that cannot be',
      [{ name: 'A', storages: ['HDD-1'], rec_channels: [9] }],
      /rec_channels: there is no 9/,
    ],
    [
      'a disk in two groups',
      [
        { name: 'A', storages: ['HDD-1'], rec_channels: [1] },
        { name: 'B', storages: ['HDD-1'], rec_channels: [2] },
      ],
      /storages: HDD-1 is in two groups/,
    ],
  ])('do not form groups with %s', async (_case, groups, why) => {
    const before = (await visitor.get('/storage/getDiskGroups')).json;
    const { json } = await visitor.post('/storage/setDiskGroups', groups);
    expect(json).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });
    expect((await visitor.get('/storage/getDiskGroups')).json).toEqual(before);
  });

  it('are all set or none', async () => {
    const before = await disks();
    for (const wrong of [
      { device: '/dev/sdz', active: true, group: 1 },
      { device: '/dev/sdb', active: true, group: 4 },
    ]) {
      const settings = [{ device: '/dev/sda', active: false, group: 3 }, wrong];
      expect((await visitor.post('/storage/setStorages', settings)).json).toMatchObject({ Result: 'Error' });
    }
    expect(await disks()).toEqual(before);
  });

  it('are formatted where query and body name the same one that is there', async () => {
    expect((await format('/dev/sdb')).json).toEqual({ Result: 'OK' });
    expect((await format('/dev/sdz')).json).toMatchObject({ Result: 'Error', Description: /no such disk/ });
    expect((await format('/dev/sdb', ['/dev/sda'])).json).toMatchObject({ Result: 'Error' });
    expect((await format('/dev/sdb', ['/dev/sdb', '/dev/sda'])).json).toMatchObject({ Result: 'Error' });
    expect((await visitor.get('/storage/smart?device=/dev/sdz')).json).toMatchObject({ Result: 'Error' });
  });
});

describe('Formatting the disks of a group', () => {
  it('erases what its channels recorded, with the last of them', () => {
    const clock = new ManualClock(1_700_000_000_000);
    const recordings = new Recordings(clock);
    const storage = new Storage(recordings);
    const recorded = (channel: number) => recordings.within(channel, 0, 1_700_000_000).length > 0;

    storage.format('/dev/sda');
    storage.format('/dev/sda');
    storage.format('/dev/sdd');
    expect([1, 4, 5, 7].map(recorded)).toEqual([true, true, true, false]);
    storage.format('/dev/sdb');
    expect([1, 4, 5, 7].map(recorded)).toEqual([false, false, true, false]);
    storage.format('/dev/sda');
    clock.advance(60_000);
    expect(recordings.within(1, 0, 1_800_000_000)).toEqual([{ from: 1_700_000_000, to: 1_700_000_060 }]);
  });
});
