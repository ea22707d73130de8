import type { Sample } from './sample.js';

const groups = [
  { name: 'DiskGroup1', storages: ['HDD-1', 'HDD-2'], rec_channels: [1, 2, 3, 4] },
  { name: 'DiskGroup2', storages: ['HDD-3'], rec_channels: [5, 6] },
  { name: 'DiskGroup3', storages: ['HDD-4'], rec_channels: [7, 8] },
];
const disks = [{ active: true, device: '/dev/sdb', group: 1 }];

export const storageSamples: readonly Sample[] = [
  {
    operation: 'getUSBStorages',
    reply: [{ model: 'XXX', size: '32.5G', mountpoint: '/mnt/sdb', fstype: 'vfat', label: 'MYDISK' }],
  },
  { operation: 'setDiskGroups', params: { body: groups }, body: groups, reply: groups },
  { operation: 'getDiskGroups', reply: groups },
  {
    operation: 'getStorages',
    reply: [
      {
        active: true,
        device: '/dev/sdb',
        model: 'WDC WD10EURX-63C',
        serial: 'WD-WMC4J0231397',
        size: '931.5G',
        mountpoint: '/mnt/sdb',
        fstype: 'ext4',
        slot: 'HDD-1',
        group: 1,
      },
    ],
  },
  { operation: 'setStorages', params: { body: disks }, body: disks, reply: disks },
  {
    operation: 'smart',
    params: { device: '/dev/sdb' },
    query: 'device=/dev/sdb',
    reply: 'SMART overall-health self-assessment test result: PASSED',
  },
  {
    operation: 'format',
    params: { device: '/dev/sdb' },
    query: 'device=/dev/sdb',
    body: ['/dev/sdb'],
    reply: { Result: 'OK' },
  },
  { operation: 'setOverwrite', params: { overwriteDays: 30 }, body: { overwriteDays: 30 }, reply: { Result: 'OK' } },
  { operation: 'getOverwrite', reply: { overwriteDays: 30 } },
];
