import type { Sample } from './sample.js';

const actions = {
  buzzer: 5,
  recordChannel: { ON: 1, IP: [1, 2] },
  alarmOut: {
    Pin: [5, 6],
    camOut: [
      { channel: 2, outPin: 1 },
      { channel: 2, outPin: 2 },
    ],
    Time: 10,
  },
  preRecord: 5,
  postRecord: 30,
  showMessage: 1,
  sendEmail: 0,
  fullScreen: 0,
};
const motion = { settings: [{ channel: 1, setting: { switch: true, ...actions, ftpPicture: true } }] };
const inputAlarm = { settings: [{ channel: 2, setting: { ...actions, ftpPicture: false } }, { channel: 3 }] };
const gpio = { settings: [{ alarmIn: 1, setting: { alarmType: 2, ...actions } }] };

const exception = { ON: 1, buzzer: 0, alarmOut: { Pin: [5], Time: 10 }, showMessage: 1, sendEmail: 1 };
const exceptions = { DiskFull: exception, DiskError: exception, VideoLoss: { ...exception, ON: 0 } };

export const alarmSettingsSamples: readonly Sample[] = [
  ...Object.entries({ Motion: motion, InputAlarm: inputAlarm, GPIO: gpio }).flatMap(([alarmType, body]): Sample[] => [
    {
      operation: 'setAlarmSettings',
      params: { alarmType, ...body },
      query: `alarmType=${alarmType}`,
      body,
      reply: { Result: 'OK' },
    },
    { operation: 'getAlarmSettings', params: { alarmType }, query: `alarmType=${alarmType}`, reply: body },
  ]),
  { operation: 'setExceptionAlarm', params: exceptions, body: exceptions, reply: { Result: 'OK' } },
  { operation: 'getExceptionAlarm', reply: exceptions },
];
