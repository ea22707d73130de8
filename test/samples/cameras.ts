import type { Sample } from './sample.js';

const FirmwareVersion = '1.0.0';
const known = {
  Enable: true,
  DeviceName: 'Front door',
  IPAddress: '192.168.33.21',
  Port: 80,
  Manufacturer: 'EverFocus',
  Model: 'EBN1240-A',
  MacAddress: '00:11:14:aa:bb:01',
  protocol: 'onvif',
  SubnetMask: '255.255.255.0',
  ODSPosition: '',
};
const camera = { ChannelID: 3, ...known, FirmwareVersion };
const newCamera = { ...known, UserName: 'root', Password: 'secret' };
const update = {
  Enable: true,
  DeviceName: 'Back door',
  IPAddress: '192.168.33.30',
  Port: 8080,
  UserName: 'root',
  Password: 'secret',
  protocol: 'onvif',
};

export const cameraSamples: readonly Sample[] = [
  {
    operation: 'probe',
    reply: [
      {
        DeviceName: 'EBN1240-A',
        IPAddress: '192.168.33.21',
        Port: 80,
        Manufacturer: 'EverFocus',
        Model: 'EBN1240-A',
        MacAddress: '00:11:14:aa:bb:01',
      },
    ],
  },
  {
    operation: 'addCamera',
    params: newCamera,
    body: newCamera,
    reply: { Result: 'OK', Description: 'ChannelID=3' },
  },
  { operation: 'cameraList', reply: [camera] },
  {
    operation: 'cameraDetail',
    params: { ChannelID: 3 },
    query: 'ChannelID=3',
    reply: { ...camera, UserName: 'root', Password: 'secret', Schedule: {}, TimeSync: true },
  },
  {
    operation: 'deleteCamera',
    params: { ChannelID: 3 },
    query: 'ChannelID=3',
    reply: { Result: 'OK', Description: '3' },
  },
  {
    operation: 'updateCamera',
    params: { ChannelID: 3, NewChannelID: 5, ...update },
    query: 'ChannelID=3',
    body: { ChannelID: 5, ...update },
    reply: { Result: 'OK', Description: '5' },
  },
  {
    operation: 'updateCamera',
    params: { ChannelID: 3, Enable: false },
    query: 'ChannelID=3',
    body: { Enable: false },
    reply: { Result: 'OK', Description: '3' },
  },
  {
    operation: 'setCamera',
    params: { ChannelID: 6, ...newCamera, FirmwareVersion },
    query: 'ChannelID=6',
    body: { ChannelID: 6, ...newCamera, FirmwareVersion },
    reply: { Result: 'OK', Description: '6' },
  },
  {
    operation: 'cameraStatus',
    reply: [{ ChannelID: 1, Online: true, Recording: true, Event: false, Manual: false }],
  },
];
