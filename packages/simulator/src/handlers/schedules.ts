import { type Handlers, done } from './handler.js';

type Ids =
  'setScheduleByGroup' | 'setScheduleByGroupMultiChannels' | 'getSchedulesByGroup' | 'getSchedulesByGroupMultiChannels';

export const schedules: Pick<Handlers, Ids> = {
  setScheduleByGroup: ({ ChannelID, GroupID, ...entries }, { nvr }) => {
    nvr.schedules.set([{ channel: ChannelID, group: GroupID, schedules: entries }]);
    return done();
  },
  setScheduleByGroupMultiChannels: ({ body }, { nvr }) => {
    nvr.schedules.set(body);
    return done();
  },
  getSchedulesByGroup: ({ ChannelID, GroupID }, { nvr }) => nvr.schedules.get(ChannelID, GroupID),
  getSchedulesByGroupMultiChannels: ({ ChannelID, GroupID }, { nvr }) =>
    ChannelID.map((channel) => ({
      channel,
      group: GroupID,
      schedules: nvr.schedules.get(channel, GroupID),
    })),
};
