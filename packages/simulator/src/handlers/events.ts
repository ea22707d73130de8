import { type Handlers, done } from './handler.js';

export const events: Pick<Handlers, 'addEvent' | 'addMeta'> = {
  addEvent: ({ ChannelID, Type, State }, { nvr }) => {
    nvr.events.throw({ channel: ChannelID, type: Type, state: State });
    return done();
  },
  addMeta: ({ ChannelID, Type, Data }, { nvr }) => {
    nvr.meta.throw(ChannelID, Type, Data);
    return done();
  },
};
