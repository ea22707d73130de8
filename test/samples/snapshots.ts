import type { Sample } from './sample.js';

const snapshotPath = '/mnt/disk1/snapshot/CH01/1584949182 Manual.jpg';
const search = { channels: [1, 2], types: ['Manual', 'Motion'], startTime: 1_584_892_800, endTime: 1_584_979_199 };

export const snapshotSamples: readonly Sample[] = [
  { operation: 'getSnapshot', params: { ChannelID: 1 }, query: 'ChannelID=1', reply: { snapshotPath } },
  {
    operation: 'searchSnapshotPath',
    params: search,
    body: search,
    reply: [{ channel: 1, timeStamp: 1_584_949_182, type: 'Manual', snapshotPath }],
  },
  {
    operation: 'deleteSnapshot',
    params: { snapshotPath },
    body: { snapshotPath },
    reply: { Result: 'OK' },
    ...onDisk((path) => ({ snapshotPath: path })),
  },
  {
    operation: 'downloadSnapshot',
    params: { snapshot: snapshotPath },
    query: `snapshot=${snapshotPath}`,
    reply: Buffer.from('ffd8ffe0', 'hex'),
    ...onDisk((path) => ({ snapshot: path })),
  },
];

/** The simulator has only the pictures that it was asked to take. */
function onDisk(params: (path: string) => Record<string, unknown>): Pick<Sample, 'before' | 'simulated'> {
  return {
    before: [{ operation: 'getSnapshot', params: { ChannelID: 1 } }],
    simulated: ([taken]) => params((taken as { snapshotPath: string }).snapshotPath),
  };
}
