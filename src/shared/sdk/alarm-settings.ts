import type { Static } from 'typebox';
import { alarmOut, buzzer, oneOrZero, outputPins, seconds } from './alarm-actions.js';
import { asReported } from './as-reported.js';
import { type ParameterProblem, Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelID, flag, maybe } from './fields.js';
import { PinNumber } from './gpio.js';

const actions = {
  buzzer,
  alarmOut,
  showMessage: oneOrZero('Show message', 'a message is shown on the screen of the NVR'),
  sendEmail: oneOrZero('Send e-mail', 'an e-mail is sent'),
};

/** Which kinds of alarm have a field. */
const ofMotion = { onlyWith: { alarmType: ['Motion'] } };
const ofChannels = { onlyWith: { alarmType: ['Motion', 'InputAlarm'] } };
const ofPins = { onlyWith: { alarmType: ['GPIO'] } };

const setting = Type.Object(
  {
    alarmType: maybe(
      Type.Enum([1, 2, 3], {
        ...ofPins,
        title: 'Contact',
        description: '1: normally open, 2: normally closed, 3: off. Of pins only (GPIO), and required there.',
      }),
    ),
    switch: maybe(Type.Boolean({ ...flag('Accept', 'Whether the event is accepted. Of Motion only.'), ...ofMotion })),
    ...actions,
    recordChannel: Type.Object(
      {
        ON: oneOrZero('On', 'the alarm makes channels record'),
        IP: Type.Array(ChannelID, { title: 'Channels', description: 'Channels that the alarm makes record.' }),
      },
      { ...open, title: 'Record', description: 'What the alarm makes the NVR record.' },
    ),
    alarmOut: Type.Object(
      {
        ...outputPins,
        camOut: Type.Array(Type.Object({ channel: ChannelID, outPin: PinNumber }, open), {
          title: "Cameras' outputs",
          description: 'Alarm-out pins of cameras to switch on.',
        }),
      },
      { ...open, title: 'Alarm output', description: 'Which alarm outputs the alarm switches on.' },
    ),
    preRecord: seconds('Record before', 'Length of the recording before the alarm.'),
    postRecord: seconds('Record after', 'Length of the recording after the alarm.'),
    fullScreen: oneOrZero('Full screen', 'the NVR shows the channel on its whole screen'),
    ftpPicture: maybe(
      Type.Boolean({
        ...flag(
          'Picture by FTP',
          'Whether a snapshot is uploaded by FTP. Of channels only (Motion, InputAlarm), and required there.',
        ),
        ...ofChannels,
      }),
    ),
  },
  { ...open, title: 'Setting', description: 'What the alarm does.' },
);

const alarmType = {
  alarmType: Type.Enum(['Motion', 'InputAlarm', 'GPIO'], {
    title: 'Alarm',
    description: "Motion or InputAlarm: a channel's; GPIO: of the NVR's own alarm-in (DI) pins.",
  }),
};

const alarmSettings = {
  settings: Type.Array(
    Type.Object(
      {
        channel: maybe(
          Type.Integer({
            ...{ ...ChannelID, ...ofChannels },
            description: 'Number of the camera, from 1. For Motion and InputAlarm.',
          }),
        ),
        alarmIn: maybe(
          Type.Integer({
            ...{ ...PinNumber, ...ofPins, picks: 'alarm-in' },
            ...{ title: 'Alarm in', description: 'Number of the alarm-in (DI) pin. For GPIO.' },
          }),
        ),
        setting: maybe(setting),
      },
      open,
    ),
    { title: 'Settings', description: 'One entry for each channel (Motion, InputAlarm) or alarm-in pin (GPIO).' },
  ),
};

type AlarmType = Static<typeof alarmType.alarmType>;

/** 9.17 describes two bodies: which fields each kind of alarm must have, and which it cannot have. */
const shapes: Readonly<Record<AlarmType, Shape>> = {
  Motion: { entry: 'channel', notEntry: 'alarmIn', required: 'ftpPicture', none: ['alarmType'] },
  InputAlarm: { entry: 'channel', notEntry: 'alarmIn', required: 'ftpPicture', none: ['alarmType', 'switch'] },
  GPIO: { entry: 'alarmIn', notEntry: 'channel', required: 'alarmType', none: ['switch', 'ftpPicture'] },
};

interface Shape {
  readonly entry: 'channel' | 'alarmIn';
  readonly notEntry: 'channel' | 'alarmIn';
  readonly required: keyof Static<typeof setting>;
  readonly none: readonly (keyof Static<typeof setting>)[];
}

interface Params {
  readonly alarmType: AlarmType;
  readonly settings: Static<typeof alarmSettings.settings>;
}

/** The first field that does not belong to this kind of alarm, or is missing for it. */
function misfit({ alarmType: kind, settings }: Params): ParameterProblem | undefined {
  const shape = shapes[kind];
  for (const [index, entry] of settings.entries()) {
    const path = `settings/${index}`;
    if (entry[shape.entry] === undefined) return { path: `${path}/${shape.entry}`, problem: `is required for ${kind}` };
    if (entry[shape.notEntry] !== undefined)
      return { path: `${path}/${shape.notEntry}`, problem: `is not for ${kind}` };
    const { setting: values } = entry;
    if (!values) continue;
    if (values[shape.required] === undefined) {
      return { path: `${path}/setting/${shape.required}`, problem: `is required for ${kind}` };
    }
    const odd = shape.none.find((name) => values[name] !== undefined);
    if (odd !== undefined) return { path: `${path}/setting/${odd}`, problem: `is not for ${kind}` };
  }
  return undefined;
}

export const setAlarmSettings = defineOperation({
  id: 'setAlarmSettings',
  section: '9.17',
  title: 'Set alarm settings',
  description: 'Sets what the NVR does on motion, on an alarm input of a camera or on one of its own (GPIO).',
  domain: 'alarm',
  method: 'POST',
  path: '/device/setAlarmSettings',
  query: Type.Object(alarmType),
  body: Type.Object(alarmSettings, open),
  check: misfit,
  reply: status,
  readBack: () => ({ by: getAlarmSettings }),
  settings: () => ({
    by: getAlarmSettings,
    keys: ['channel', 'alarmIn'],
    words: 'alarm actions, motion, buzzer, e-mail, output, record',
  }),
  effect: 'write',
});

export const getAlarmSettings = defineOperation({
  id: 'getAlarmSettings',
  section: '9.18',
  title: 'Get alarm settings',
  description: 'Reads what the NVR does on motion, on an alarm input of a camera or on one of its own (GPIO).',
  domain: 'alarm',
  method: 'GET',
  path: '/device/getAlarmSettings',
  query: Type.Object(alarmType),
  reply: json(asReported(Type.Object(alarmSettings))),
  effect: 'read',
});

function exception(title: string, description: string) {
  return maybe(Type.Object({ ON: oneOrZero('On', 'the alarm is on'), ...actions }, { ...open, title, description }));
}

const exceptionAlarm = Type.Object(
  {
    DiskFull: exception('Disk full', 'What the NVR does when its disks are full.'),
    DiskError: exception('Disk error', 'What the NVR does when a disk fails.'),
    VideoLoss: exception('Video loss', 'What the NVR does when a camera sends no picture.'),
  },
  open,
);

export const setExceptionAlarm = defineOperation({
  id: 'setExceptionAlarm',
  section: '9.23',
  title: 'Set exception alarms',
  description: 'Sets what the NVR does when disks are full or fail, or a camera sends no picture.',
  domain: 'alarm',
  method: 'POST',
  path: '/system/setExceptionAlarm',
  body: exceptionAlarm,
  reply: status,
  readBack: () => ({ by: getExceptionAlarm }),
  settings: () => ({ by: getExceptionAlarm, words: 'alarm actions, disk full, video loss, buzzer' }),
  effect: 'write',
});

export const getExceptionAlarm = defineOperation({
  id: 'getExceptionAlarm',
  section: '9.24',
  title: 'Get exception alarms',
  description: 'Reads what the NVR does when disks are full or fail, or a camera sends no picture.',
  domain: 'alarm',
  method: 'GET',
  path: '/system/getExceptionAlarm',
  reply: json(asReported(exceptionAlarm)),
  effect: 'read',
});

export const alarmSettingsOperations = {
  setAlarmSettings,
  getAlarmSettings,
  setExceptionAlarm,
  getExceptionAlarm,
} as const;
