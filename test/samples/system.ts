import type { Sample } from './sample.js';

const file = 'a config file\nof two lines\n';
const names = { device_name: 'Ground floor', device_id: '7' };

export const systemSamples: readonly Sample[] = [
  {
    operation: 'getSystemInfo',
    reply: {
      analog_channels: 0,
      ipcam_channels: 8,
      device_name: 'AiO NVR',
      device_id: '1',
      software_version: '1.0.25-201911271625',
      model: 'undefined',
      serial: '1',
    },
  },
  { operation: 'setSystemInfo', params: names, body: names, reply: { Result: 'OK' } },
  { operation: 'shutdown', reply: { Result: 'OK' } },
  { operation: 'reboot', reply: { Result: 'OK' } },
  {
    operation: 'loadDefault',
    params: { body: ['channels', 'record', 'alarm', 'network', 'device', 'system'] },
    body: ['channels', 'record', 'alarm', 'network', 'device', 'system'],
    reply: { Result: 'OK' },
  },
  { operation: 'backupConfig', reply: Buffer.from(file) },
  {
    operation: 'restoreConfig',
    params: { file },
    body: { file },
    reply: { Result: 'OK' },
    before: [{ operation: 'backupConfig' }],
    simulated: ([backup]) => ({ file: String(backup) }),
  },
  { operation: 'callBuzzer', params: { timeout: 60 }, query: 'timeout=60', reply: { Result: 'OK' } },
];
