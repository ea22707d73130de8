import { type Handlers, done } from './handler.js';

export const time: Pick<Handlers, 'getTime' | 'setTime'> = {
  getTime: (_, { nvr }) => nvr.time.all,
  setTime: (settings, { nvr }) => {
    nvr.time.set(settings);
    return done();
  },
};
