import { Type, defineOperation, json, open } from './declaration.js';
import { maybe } from './fields.js';

function port(title: string) {
  return maybe(Type.Integer({ minimum: 0, maximum: 65535, title, description: `TCP port of the NVR for ${title}.` }));
}

export const getPort = defineOperation({
  id: 'getPort',
  section: '7.9',
  title: 'Get ports',
  description: 'Reads the TCP ports that the NVR serves.',
  domain: 'network',
  method: 'GET',
  path: '/network/getPort',
  reply: json(Type.Object({ http_port: port('HTTP'), rtsp_port: port('RTSP'), https_port: port('HTTPS') }, open)),
  effect: 'read',
});
