import { type Handlers, done } from './handler.js';

export const logs: Pick<Handlers, 'searchLogs' | 'addLogs'> = {
  searchLogs: ({ type, startTime, endTime }, { nvr }) =>
    nvr.logs.search(type, startTime, endTime).map(({ hasRecord, ...entry }) => ({
      ...entry,
      hasRecord: Number(hasRecord ?? nvr.recordings.has(entry.channel ?? 1, Math.floor(entry.createTime / 1000))),
    })),
  addLogs: ({ body }, { nvr }) => {
    nvr.logs.add(body);
    return done();
  },
};
