import type { Sample } from './sample.js';

const never = '-'.repeat(48);
const always = '+'.repeat(48);
const Map = [never, never, never, never, never, '+++++++++++++++++++++-++++++++++++++++++++++++++', always];
const schedules = { Normal: { Map }, Motion: { Map }, InputAlarm: { Map }, Intellegent: { Map } };
const { Motion, InputAlarm, Intellegent } = schedules;

export const scheduleSamples: readonly Sample[] = [
  {
    operation: 'setScheduleByGroup',
    params: { ChannelID: 1, GroupID: 'Record', ...schedules },
    query: 'ChannelID=1&GroupID=Record',
    body: schedules,
    reply: { Result: 'OK' },
  },
  {
    operation: 'setScheduleByGroup',
    params: { ChannelID: 2, GroupID: 'Email', Motion, InputAlarm, Intellegent },
    query: 'ChannelID=2&GroupID=Email',
    body: { Motion, InputAlarm, Intellegent },
    reply: { Result: 'OK' },
  },
  {
    operation: 'setScheduleByGroupMultiChannels',
    params: { body: [{ channel: 1, group: 'Record', schedules }] },
    body: [{ channel: 1, group: 'Record', schedules }],
    reply: { Result: 'OK' },
  },
  {
    operation: 'getSchedulesByGroup',
    params: { ChannelID: 1, GroupID: 'Record' },
    query: 'ChannelID=1&GroupID=Record',
    reply: schedules,
  },
  {
    operation: 'getSchedulesByGroupMultiChannels',
    params: { ChannelID: [1, 2], GroupID: 'Record' },
    query: 'ChannelID=1,2&GroupID=Record',
    reply: [
      { channel: 1, group: 'Record', schedules },
      { channel: 2, group: 'Record', schedules },
    ],
  },
  {
    operation: 'getSchedulesByGroupMultiChannels',
    params: { ChannelID: [1], GroupID: 'Alarm' },
    query: 'ChannelID=1&GroupID=Alarm',
    reply: [{ channel: 1, group: 'Alarm', schedules: { Alarm: { Map }, FtpUpload: { Map } } }],
  },
];
