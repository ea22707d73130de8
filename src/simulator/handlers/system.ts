import type { Handlers } from './handler.js';

export const system: Pick<Handlers, 'getSystemInfo'> = {
  getSystemInfo: (_, { nvr }) => ({
    analog_channels: 0,
    ipcam_channels: nvr.cameras.all.length,
    device_name: 'AiO NVR',
    device_id: nvr.mac,
    software_version: '1.0.25-201911271625',
    model: 'Simulated NVR',
    serial: `SIM${nvr.mac.replaceAll(':', '').toUpperCase()}`,
  }),
};
