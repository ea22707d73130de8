import { Type, defineOperation, json, open, status } from './declaration.js';
import { maybe, plain, text } from './fields.js';

function count(title: string, description: string) {
  return maybe(Type.Integer({ minimum: 0, title, description }));
}

const deviceName = text('Name', 'Name of the NVR.', ['AiO NVR']);

const deviceId = text('Device id', 'Id of the NVR.', ['1']);

export const getSystemInfo = defineOperation({
  id: 'getSystemInfo',
  section: '10.17',
  title: 'Get system info',
  description: 'Reads what the NVR is: model, serial number, software, number of channels.',
  domain: 'system',
  method: 'GET',
  path: '/system/getSystemInfo',
  reply: json(
    Type.Object(
      {
        analog_channels: count('Analog channels', 'Number of analog channels.'),
        ipcam_channels: count('IP channels', 'Number of IP camera channels.'),
        device_name: maybe(deviceName),
        device_id: maybe(deviceId),
        software_version: maybe(plain('Software', 'Software version of the NVR.', ['1.0.25-201911271625'])),
        model: maybe(plain('Model', 'Model name of the NVR.')),
        serial: maybe(text('Serial number', 'Serial number of the NVR.')),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const setSystemInfo = defineOperation({
  id: 'setSystemInfo',
  section: '10.18',
  title: 'Set system info',
  description: 'Names the NVR.',
  domain: 'system',
  method: 'POST',
  path: '/system/setSystemInfo',
  body: Type.Object({ device_name: deviceName, device_id: deviceId }),
  reply: status,
  readBack: () => ({ by: getSystemInfo }),
  settings: () => ({ by: getSystemInfo, words: 'name of the NVR' }),
  effect: 'write',
});

export const shutdown = defineOperation({
  id: 'shutdown',
  section: '10.8',
  title: 'Shut down',
  description: 'Switches the NVR off: it records nothing until somebody switches it on by hand.',
  domain: 'system',
  method: 'GET',
  path: '/system/shutdown',
  reply: status,
  effect: 'destructive',
});

export const reboot = defineOperation({
  id: 'reboot',
  section: '10.9',
  title: 'Reboot',
  description: 'Restarts the NVR; it records nothing meanwhile.',
  domain: 'system',
  method: 'GET',
  path: '/system/reboot',
  reply: status,
  effect: 'destructive',
});

export const loadDefault = defineOperation({
  id: 'loadDefault',
  section: '10.10',
  title: 'Load defaults',
  description: 'Throws the settings of these categories away and restarts the NVR.',
  domain: 'system',
  method: 'POST',
  path: '/system/loadDefault',
  body: Type.Array(
    text('Category', 'Group of settings; the document gives examples.', [
      'channels',
      'record',
      'alarm',
      'network',
      'device',
      'system',
    ]),
    {
      minItems: 1,
      title: 'Categories',
      description: 'Groups of settings to load defaults for.',
      examples: [['alarm']],
    },
  ),
  reply: status,
  effect: 'destructive',
});

export const backupConfig = defineOperation({
  id: 'backupConfig',
  section: '10.11',
  title: 'Back up configuration',
  description: 'Reads the whole configuration as a file for restoreConfig, its passwords included.',
  domain: 'system',
  method: 'GET',
  path: '/system/backupConfig',
  reply: { as: 'file', mediaType: 'text/plain' },
  effect: 'read',
  pace: 'download',
});

export const restoreConfig = defineOperation({
  id: 'restoreConfig',
  section: '10.12',
  title: 'Restore configuration',
  description: 'Replaces the whole configuration by a file of backupConfig, and restarts the NVR.',
  domain: 'system',
  method: 'POST',
  path: '/system/restoreConfig',
  // The document says "Upload file." and names no field.
  body: Type.Object({
    file: Type.Unsafe<string | Uint8Array>(
      Type.String({ title: 'File', description: 'Content of a file that backupConfig made.', upload: 'config.txt' }),
    ),
  }),
  bodyEncoding: 'multipart',
  reply: status,
  effect: 'destructive',
});

export const callBuzzer = defineOperation({
  id: 'callBuzzer',
  section: '10.33',
  title: 'Call buzzer',
  description: 'Sounds the buzzer of the NVR for some time.',
  domain: 'io',
  method: 'GET',
  path: '/system/callBuzzer',
  query: Type.Object({
    timeout: Type.Integer({
      minimum: 1,
      maximum: 60,
      title: 'Duration',
      description: 'How long it sounds.',
      unit: 's',
    }),
  }),
  reply: status,
  effect: 'write',
});

export const systemOperations = {
  getSystemInfo,
  setSystemInfo,
  shutdown,
  reboot,
  loadDefault,
  backupConfig,
  restoreConfig,
  callBuzzer,
} as const;
