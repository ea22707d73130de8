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
  downloadSnapshot: ({ snapshot }, { nvr, media }) => media.picture(nvr.snapshots.at(snapshot).channel),
};
