import { type Handlers, done } from './handler.js';

type SystemOperation =
  | 'getSystemInfo'
  | 'setSystemInfo'
  | 'shutdown'
  | 'reboot'
  | 'loadDefault'
  | 'backupConfig'
  | 'restoreConfig'
  | 'callBuzzer';

export const system: Pick<Handlers, SystemOperation> = {
  getSystemInfo: (_, { nvr }) => ({
    analog_channels: 0,
    ipcam_channels: nvr.cameras.all.length,
    ...nvr.system.names,
    software_version: '1.0.25-201911271625',
    model: 'Simulated NVR',
    serial: `SIM${nvr.mac.replaceAll(':', '').toUpperCase()}`,
  }),
  setSystemInfo: ({ device_name, device_id }, { nvr }) => {
    nvr.system.names = { device_name, device_id };
    return done();
  },
  shutdown: (_, { machine }) => {
    machine.shutDown();
    return done();
  },
  reboot: (_, { machine }) => {
    machine.restart();
    return done();
  },
  loadDefault: ({ body }, { nvr, machine }) => {
    nvr.configuration.loadDefault(body);
    machine.restart();
    return done();
  },
  backupConfig: (_, { nvr }) => Buffer.from(nvr.configuration.backup()),
  restoreConfig: ({ file }, { nvr, machine }) => {
    nvr.configuration.restore(String(file));
    machine.restart();
    return done();
  },
  callBuzzer: ({ timeout }, { nvr }) => {
    nvr.system.buzz(timeout);
    return done();
  },
};
