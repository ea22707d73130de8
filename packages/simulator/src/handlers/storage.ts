import { type Handlers, done } from './handler.js';

export const storage: Pick<
  Handlers,
  | 'getUSBStorages'
  | 'setDiskGroups'
  | 'getDiskGroups'
  | 'getStorages'
  | 'setStorages'
  | 'smart'
  | 'format'
  | 'setOverwrite'
  | 'getOverwrite'
> = {
  getUSBStorages: () => [
    { model: 'Flash Disk', size: '32.5G', mountpoint: '/mnt/sde', fstype: 'vfat', label: 'MYDISK' },
  ],
  setDiskGroups: ({ body }, { nvr }) => {
    nvr.storage.setGroups(body);
    return nvr.storage.groups;
  },
  getDiskGroups: (_, { nvr }) => nvr.storage.groups,
  getStorages: (_, { nvr }) =>
    nvr.storage.disks.map(({ device, ...disk }) => ({
      ...disk,
      device,
      model: 'WDC WD10EURX-63C',
      size: '931.5G',
      mountpoint: device.replace('/dev/', '/mnt/'),
      fstype: 'ext4',
    })),
  setStorages: ({ body }, { nvr }) => {
    nvr.storage.setDisks(body);
    return nvr.storage.disks.map(({ active, device, group }) => ({ active, device, group }));
  },
  smart: ({ device }, { nvr }) => ({
    device: nvr.storage.at(device).device,
    health: 'PASSED',
    attributes: [
      { id: 5, name: 'Reallocated_Sector_Ct', value: 200, worst: 200, thresh: 140, raw: '0' },
      { id: 9, name: 'Power_On_Hours', value: 88, worst: 88, thresh: 0, raw: '9214' },
      { id: 194, name: 'Temperature_Celsius', value: 109, worst: 101, thresh: 0, raw: '38' },
      { id: 197, name: 'Current_Pending_Sector', value: 200, worst: 200, thresh: 0, raw: '0' },
    ],
  }),
  format: ({ device }, { nvr }) => {
    nvr.storage.format(device);
    return done();
  },
  setOverwrite: ({ overwriteDays }, { nvr }) => {
    nvr.storage.overwriteDays = overwriteDays;
    return done();
  },
  getOverwrite: (_, { nvr }) => ({ overwriteDays: nvr.storage.overwriteDays }),
};
