import { stillAt } from '../live/still.js';
import { type Handlers, done } from './handler.js';

export const snapshots: Pick<Handlers, 'getSnapshot' | 'searchSnapshotPath' | 'deleteSnapshot' | 'downloadSnapshot'> = {
  getSnapshot: ({ ChannelID }, { nvr }) => ({
    snapshotPath: nvr.snapshots.take(nvr.cameras.online(ChannelID).channel).snapshotPath,
  }),
  searchSnapshotPath: ({ channels, types, startTime, endTime }, { nvr }) => {
    for (const channel of channels) nvr.cameras.on(channel);
    return nvr.snapshots.all.filter(
      ({ channel, type, timeStamp }) =>
        channels.includes(channel) &&
        (types === undefined || types.some((wanted) => wanted === type)) &&
        timeStamp >= startTime &&
        timeStamp <= endTime,
    );
  },
  deleteSnapshot: ({ snapshotPath }, { nvr }) => {
    nvr.snapshots.delete(snapshotPath);
    return done();
  },
  downloadSnapshot: ({ snapshot }, { nvr }) => {
    const { channel, timeStamp } = nvr.snapshots.at(snapshot);
    return stillAt(channel, timeStamp * 1000, nvr.time.localAt(timeStamp * 1000));
  },
};
