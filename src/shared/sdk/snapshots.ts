import { Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelID, epochSeconds, plain, text } from './fields.js';

const snapshotPath = text('Snapshot path', 'Path of the picture on the disk of the NVR, as the NVR named it.');

export const getSnapshot = defineOperation({
  id: 'getSnapshot',
  section: '3.6',
  title: 'Have the NVR take a snapshot',
  description: 'Asks the NVR to take a snapshot: writes a file on its disk and returns the path.',
  domain: 'snapshot',
  method: 'GET',
  path: '/device/getSnapshot',
  query: Type.Object({ ChannelID }),
  reply: json(Type.Object({ snapshotPath }, open)),
  effect: 'write',
});

const SNAPSHOT_TYPES = ['Manual', 'Normal', 'Motion', 'InputAlarm'] as const;

export const SnapshotType = Type.Enum(SNAPSHOT_TYPES, {
  title: 'Type',
  description: 'What the snapshot was taken for.',
});

export const searchSnapshotPath = defineOperation({
  id: 'searchSnapshotPath',
  section: '3.7',
  title: 'Search snapshots',
  description: 'Finds snapshots on the disk of the NVR by channel, type and time.',
  domain: 'snapshot',
  method: 'POST',
  path: '/device/searchSnapshotPath',
  body: Type.Object({
    channels: Type.Array(ChannelID, { minItems: 1, title: 'Channels', description: 'Channels to search.' }),
    types: Type.Optional(
      Type.Array(SnapshotType, {
        title: 'Types',
        description: 'Types to search for; all of them unless told otherwise.',
        // The document does not say what leaving them out means.
        default: SNAPSHOT_TYPES,
        sent: 'always',
      }),
    ),
    startTime: epochSeconds('Start', 'Begin of the range, UTC.'),
    endTime: { ...epochSeconds('End', 'End of the range, UTC.'), endOf: 'startTime' },
  }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          channel: ChannelID,
          timeStamp: epochSeconds('Time', 'When the snapshot was taken, UTC.'),
          type: plain('Type', 'What the snapshot was taken for.', ['Motion']),
          snapshotPath,
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const deleteSnapshot = defineOperation({
  id: 'deleteSnapshot',
  section: '3.8',
  title: 'Delete a snapshot',
  description: 'Deletes a snapshot from the disk of the NVR.',
  domain: 'snapshot',
  method: 'POST',
  path: '/device/deleteSnapshot',
  body: Type.Object({ snapshotPath }),
  reply: status,
  effect: 'destructive',
});

export const downloadSnapshot = defineOperation({
  id: 'downloadSnapshot',
  section: '3.9',
  title: 'Download a snapshot',
  description: 'Reads a snapshot from the disk of the NVR as JPEG.',
  domain: 'snapshot',
  method: 'GET',
  path: '/device/download/',
  query: Type.Object({ snapshot: snapshotPath }),
  reply: { as: 'bytes', mediaType: 'image/jpeg', magic: 'ffd8' },
  effect: 'read',
});

export const snapshotOperations = { getSnapshot, searchSnapshotPath, deleteSnapshot, downloadSnapshot } as const;
