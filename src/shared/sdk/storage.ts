import { Type, anything, defineOperation, json, open, status } from './declaration.js';
import { asReported } from './as-reported.js';
import { flag, maybe, plain, text } from './fields.js';

const Device = Type.String({
  minLength: 1,
  title: 'Device',
  description: 'Device file of the disk on the NVR, as getStorages names it.',
  examples: ['/dev/sdb'],
  harmless: true,
  picks: 'disk',
});

const mounted = {
  model: maybe(plain('Model', 'Model of the disk.', ['WDC WD10EURX-63C'])),
  size: maybe(plain('Size', 'Capacity with its unit.', ['931.5G'])),
  mountpoint: maybe(text('Mount point', 'Where the NVR mounts it.', ['/mnt/sdb'])),
  fstype: maybe(plain('File system', 'Kind of file system on it.', ['ext4'])),
};

export const getUSBStorages = defineOperation({
  id: 'getUSBStorages',
  section: '9.1',
  title: 'List USB storages',
  description: 'Lists the USB storages that are plugged into the NVR.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/getUSBStorages',
  reply: json(
    Type.Array(Type.Object({ ...mounted, label: maybe(text('Label', 'Label of the volume.', ['MYDISK'])) }, open)),
  ),
  effect: 'read',
});

const DiskGroups = Type.Array(
  Type.Object(
    {
      name: text('Name', 'Name of the group.', ['DiskGroup1']),
      storages: Type.Array(text('Slot', 'Slot of a disk, as getStorages names it.', ['HDD-1']), {
        title: 'Disks',
        description: 'Slots of the disks that belong to the group.',
      }),
      rec_channels: Type.Array(Type.Integer({ minimum: 1, title: 'Channel', picks: 'channel' }), {
        title: 'Channels',
        description: 'Channels that record to the group.',
      }),
    },
    open,
  ),
  { title: 'Disk groups', description: 'Every group with its disks and channels.' },
);

export const setDiskGroups = defineOperation({
  id: 'setDiskGroups',
  section: '9.2',
  title: 'Set the disk groups',
  description: 'Says which disks form a group, and which channels record to it.',
  domain: 'storage',
  method: 'POST',
  path: '/storage/setDiskGroups',
  body: DiskGroups,
  reply: anything,
  readBack: () => ({ by: getDiskGroups }),
  settings: () => ({ by: getDiskGroups, keys: ['name'], words: 'hard disk, HDD' }),
  effect: 'write',
  guarded: true,
});

export const getDiskGroups = defineOperation({
  id: 'getDiskGroups',
  section: '9.3',
  title: 'Get the disk groups',
  description: 'Reads which disks form a group, and which channels record to it.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/getDiskGroups',
  reply: json(asReported(DiskGroups)),
  effect: 'read',
});

const settings = {
  active: flag('Active', 'Whether the NVR uses the disk.'),
  device: Device,
  group: Type.Integer({
    minimum: 0,
    title: 'Group',
    description: 'Number of the disk group that the disk belongs to.',
    examples: [1],
  }),
};

export const getStorages = defineOperation({
  id: 'getStorages',
  section: '9.4',
  title: 'List the disks',
  description: 'Lists the disks of the NVR and how they are used.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/getStorages',
  reply: json(
    asReported(
      Type.Array(
        Type.Object({
          ...settings,
          ...mounted,
          serial: text('Serial number', 'Serial number of the disk.', ['WD-WMC4J0231397']),
          slot: text('Slot', 'Slot that the disk sits in.', ['HDD-1']),
        }),
      ),
    ),
  ),
  effect: 'read',
});

export const setStorages = defineOperation({
  id: 'setStorages',
  section: '9.5',
  title: 'Set the disks',
  description: 'Takes disks into use or out of it, and moves them between groups.',
  domain: 'storage',
  method: 'POST',
  path: '/storage/setStorages',
  body: Type.Array(Type.Object(settings, { additionalProperties: false }), {
    title: 'Disks',
    description: 'The disks to set.',
  }),
  reply: anything,
  settings: () => ({ by: getStorages, keys: ['device'], words: 'hard disk, HDD' }),
  effect: 'write',
  guarded: true,
});

export const smart = defineOperation({
  id: 'smart',
  section: '9.6',
  title: "Read a disk's S.M.A.R.T. data",
  description: 'Reads what a disk reports of its own health; the document does not say in which form.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/smart',
  query: Type.Object({ device: Device }),
  reply: anything,
  effect: 'read',
});

export const format = defineOperation({
  id: 'format',
  section: '9.7',
  title: 'Format a disk',
  description: 'Erases one disk, with everything that was recorded on it.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/format',
  query: Type.Object({ device: Device }),
  repeated: 'device',
  reply: status,
  effect: 'destructive',
  pace: 'scan',
});

const overwrite = {
  overwriteDays: Type.Integer({
    minimum: 0,
    title: 'Overwrite after',
    description: 'Age from which recordings are overwritten; 0: not by age.',
    unit: 'd',
    examples: [30],
  }),
};

export const setOverwrite = defineOperation({
  id: 'setOverwrite',
  section: '9.21',
  title: 'Set overwriting',
  description: 'Sets the age from which recordings are overwritten: older ones are lost.',
  domain: 'storage',
  method: 'POST',
  path: '/storage/setOverwrite',
  body: Type.Object(overwrite),
  reply: status,
  readBack: () => ({ by: getOverwrite }),
  settings: () => ({ by: getOverwrite, words: 'retention, keep recordings, days' }),
  effect: 'write',
  guarded: true,
});

export const getOverwrite = defineOperation({
  id: 'getOverwrite',
  section: '9.22',
  title: 'Get overwriting',
  description: 'Reads the age from which recordings are overwritten.',
  domain: 'storage',
  method: 'GET',
  path: '/storage/getOverwrite',
  reply: json(Type.Object(overwrite, open)),
  effect: 'read',
});

export const storageOperations = {
  getUSBStorages,
  setDiskGroups,
  getDiskGroups,
  getStorages,
  setStorages,
  smart,
  format,
  setOverwrite,
  getOverwrite,
} as const;
