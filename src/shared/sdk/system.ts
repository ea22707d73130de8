import { Type, defineOperation, json, open } from './declaration.js';
import { maybe, text } from './fields.js';

function count(title: string, description: string) {
  return maybe(Type.Integer({ minimum: 0, title, description }));
}

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
        device_name: maybe(text('Name', 'Name of the NVR.', ['AiO NVR'])),
        device_id: maybe(text('Device id', 'Id of the NVR.')),
        software_version: maybe(text('Software', 'Software version of the NVR.', ['1.0.25-201911271625'])),
        model: maybe(text('Model', 'Model name of the NVR.')),
        serial: maybe(text('Serial number', 'Serial number of the NVR.')),
      },
      open,
    ),
  ),
  effect: 'read',
});
