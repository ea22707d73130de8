import { Type, defineOperation, defineSocket, json, open } from './declaration.js';
import { ChannelID, flag, maybe, text } from './fields.js';

const camera = {
  ChannelID,
  Enable: maybe(flag('Enabled', 'Whether the camera is enabled.')),
  DeviceName: maybe(text('Name', 'Name of the camera.', ['Front door'])),
  IPAddress: maybe(text('IP address', 'IPv4 address of the camera.', ['192.168.33.21'])),
  SubnetMask: maybe(text('Subnet mask', 'IPv4 subnet mask of the camera.', ['255.255.255.0'])),
  Port: maybe(Type.Integer({ minimum: 0, maximum: 65535, title: 'Port', description: 'Port of the camera.' })),
  Manufacturer: maybe(text('Manufacturer', 'Manufacturer of the camera.')),
  FirmwareVersion: maybe(text('Firmware', 'Firmware version of the camera.')),
  Model: maybe(text('Model', 'Model name of the camera.')),
  MacAddress: maybe(text('MAC address', 'MAC address of the camera.', ['00:11:14:aa:bb:01'])),
  protocol: maybe(text('Protocol', 'Protocol between NVR and camera.', ['onvif'])),
  ODSPosition: maybe(Type.Unknown({ title: 'ODS position', description: 'Not described by the document.' })),
};

export const cameraList = defineOperation({
  id: 'cameraList',
  section: '2.3',
  title: 'Get camera list',
  description: 'Lists the cameras that the NVR knows.',
  domain: 'camera',
  method: 'GET',
  path: '/device/cameraList',
  reply: json(Type.Array(Type.Object(camera, open))),
  effect: 'read',
});

export const cameraDetail = defineOperation({
  id: 'cameraDetail',
  section: '2.4',
  title: 'Get camera setting',
  description: 'Reads the settings of one channel, its password in plain text included.',
  domain: 'camera',
  method: 'GET',
  path: '/device/cameraDetail',
  query: Type.Object({ ChannelID }),
  reply: json(
    Type.Object(
      {
        ...camera,
        UserName: maybe(text('User name', 'User name that the NVR uses at the camera.')),
        Password: maybe(text('Password', 'Password that the NVR uses at the camera.')),
        Schedule: maybe(Type.Unknown({ title: 'Schedule', description: 'Schedule record setting.' })),
        TimeSync: maybe(
          Type.Unknown({ title: 'Time sync', description: 'Synchronise the time with the NVR periodically.' }),
        ),
      },
      open,
    ),
  ),
  effect: 'read',
});

const channelStatus = {
  ChannelID,
  Online: maybe(flag('Online', 'Whether the channel is on line.')),
  Recording: maybe(flag('Recording', 'Whether the channel is recording.')),
  Event: maybe(flag('Event', 'Whether the channel is triggered by an event.')),
};

export const cameraStatus = defineOperation({
  id: 'cameraStatus',
  section: '2.8',
  title: 'Get camera status',
  description: 'Reads the status of every channel.',
  domain: 'camera',
  method: 'GET',
  path: '/device/cameraStatus',
  reply: json(
    Type.Array(
      Type.Object(
        { ...channelStatus, Manual: maybe(flag('Manual', 'Whether the channel is recording manually.')) },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const cameraStatusHook = defineSocket({
  id: 'cameraStatusHook',
  section: '2.8',
  title: 'Camera status',
  description: 'The status of every channel, sent once a second.',
  path: '/device/cameraStatus',
  traffic: 'messages-in',
  message: Type.Object(channelStatus, open),
});
