import { asReported } from './as-reported.js';
import { Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelID } from './fields.js';

function timer(title: string, when: string) {
  return Type.Optional(
    Type.Object(
      {
        period: Type.Integer({
          title: 'Period',
          description: 'Time from one snapshot to the next; the document does not name its unit. 0 or less: none.',
          examples: [60],
        }),
      },
      { ...open, title, description: `Snapshots ${when}.` },
    ),
  );
}

const snapshotSettings = Type.Object(
  {
    settings: Type.Array(
      Type.Object(
        {
          channel: ChannelID,
          snapshotSettings: Type.Optional(
            Type.Object(
              {
                Auto: Type.Integer({
                  minimum: 0,
                  maximum: 1,
                  title: 'Automatic',
                  description: '1: take snapshots from time to time, 0: do not.',
                }),
                streamType: Type.Integer({
                  minimum: 0,
                  maximum: 1,
                  title: 'Stream',
                  description: '0: pictures of the main stream, 1: of the sub stream.',
                }),
                Normal: timer('Normal', 'at normal times'),
                Alarm: timer('Alarm', 'during an input alarm or motion'),
              },
              { ...open, title: 'Snapshot settings', description: 'When snapshots are taken, and of which stream.' },
            ),
          ),
        },
        open,
      ),
      { title: 'Settings', description: 'The settings of each channel.' },
    ),
  },
  open,
);

export const setSnapshotSettings = defineOperation({
  id: 'setSnapshotSettings',
  section: '9.13',
  title: 'Set snapshot settings',
  description: 'Sets when the NVR takes snapshots by itself.',
  domain: 'snapshot',
  method: 'POST',
  path: '/device/setSnapshotSettings',
  body: snapshotSettings,
  reply: status,
  readBack: () => ({ by: getSnapshotSettings }),
  settings: () => ({ by: getSnapshotSettings, keys: ['channel'], words: 'pictures, interval' }),
  effect: 'write',
});

export const getSnapshotSettings = defineOperation({
  id: 'getSnapshotSettings',
  section: '9.14',
  title: 'Get snapshot settings',
  description: 'Reads when the NVR takes snapshots by itself.',
  domain: 'snapshot',
  method: 'GET',
  path: '/device/getSnapshotSettings',
  reply: json(asReported(snapshotSettings)),
  effect: 'read',
});

/** Of 9.15 the document says that all values are text. */
function digit(values: readonly string[], title: string, description: string) {
  return Type.Enum([...values], { title, description });
}

const recordSettings = Type.Object(
  {
    settings: Type.Array(
      Type.Object(
        {
          channel: Type.String({
            pattern: '^[1-9]\\d*$',
            harmless: true,
            title: 'Channel',
            description: 'Number of the camera on the NVR, from 1, as text.',
            examples: ['1'],
          }),
          setting: Type.Optional(
            Type.Object(
              {
                enable: digit(['0', '1'], 'Enabled', '1: record, 0: do not.'),
                streamType: digit(['0', '1', '2'], 'Stream', '0: main stream, 1: sub stream, 2: both.'),
                enablePreRecord: digit(['0', '1'], 'Pre-record', '1: keep what was before an event, 0: do not.'),
              },
              { ...open, title: 'Setting', description: 'What is recorded.' },
            ),
          ),
        },
        open,
      ),
      { title: 'Settings', description: 'The settings of each channel.' },
    ),
  },
  open,
);

export const setRecordSettings = defineOperation({
  id: 'setRecordSettings',
  section: '9.15',
  title: 'Set record settings',
  description: 'Sets which channels and streams are recorded.',
  domain: 'recording',
  method: 'POST',
  path: '/device/setRecordSettings',
  body: recordSettings,
  reply: status,
  readBack: () => ({ by: getRecordSettings }),
  settings: () => ({ by: getRecordSettings, keys: ['channel'], words: 'recording, stream, pre-record' }),
  effect: 'write',
});

export const getRecordSettings = defineOperation({
  id: 'getRecordSettings',
  section: '9.16',
  title: 'Get record settings',
  description: 'Reads which channels and streams are recorded.',
  domain: 'recording',
  method: 'GET',
  path: '/device/getRecordSettings',
  reply: json(asReported(recordSettings)),
  effect: 'read',
});

export const recordSettingOperations = {
  setSnapshotSettings,
  getSnapshotSettings,
  setRecordSettings,
  getRecordSettings,
} as const;
