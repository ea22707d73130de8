import { type Handlers, done } from './handler.js';

export const events: Pick<Handlers, 'addEvent'> = {
  addEvent: ({ ChannelID, Type, State }, { nvr }) => {
    nvr.events.throw({ channel: ChannelID, type: Type, state: State });
    return done();
  },
};
