import { type Handlers, done } from './handler.js';

export const fleet: Pick<Handlers, 'getXFleetConfig' | 'setXFleetConfig'> = {
  getXFleetConfig: (_, { nvr }) => nvr.xFleet.get(),
  setXFleetConfig: (config, { nvr }) => {
    nvr.xFleet.set(config);
    return done();
  },
};
