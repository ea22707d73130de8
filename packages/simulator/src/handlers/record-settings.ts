import { type Handlers, done } from './handler.js';

type Ids = 'setSnapshotSettings' | 'getSnapshotSettings' | 'setRecordSettings' | 'getRecordSettings';

export const recordSettings: Pick<Handlers, Ids> = {
  setSnapshotSettings: ({ settings }, { nvr }) => {
    nvr.snapshotSettings.set(settings.map((entry) => [entry.channel, entry.snapshotSettings]));
    return done();
  },
  getSnapshotSettings: (_, { nvr }) => ({
    settings: nvr.snapshotSettings.all.map(([channel, snapshotSettings]) => ({ channel, snapshotSettings })),
  }),
  setRecordSettings: ({ settings }, { nvr }) => {
    nvr.recordSettings.set(settings.map((entry) => [Number(entry.channel), entry.setting]));
    return done();
  },
  getRecordSettings: (_, { nvr }) => ({
    settings: nvr.recordSettings.all.map(([channel, setting]) => ({ channel: String(channel), setting })),
  }),
};
