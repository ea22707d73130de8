import { Type, defineOperation, defineSocket, json, open, status, type ReplyOf } from './declaration.js';
import { ChannelID, flag, maybe, password, plain, text } from './fields.js';

const Enable = flag('Enabled', 'Whether the camera is enabled.');
const DeviceName = text('Name', 'Name of the camera.', ['Front door']);
const IPAddress = text('IP address', 'IPv4 address of the camera.', ['192.168.33.21']);
const SubnetMask = plain('Subnet mask', 'IPv4 subnet mask of the camera.', ['255.255.255.0']);
const Port = Type.Integer({
  minimum: 0,
  maximum: 65535,
  title: 'Port',
  description: 'Port of the camera.',
  examples: [80],
});
const Manufacturer = plain('Manufacturer', 'Manufacturer of the camera.', ['EverFocus']);
const FirmwareVersion = plain('Firmware', 'Firmware version of the camera.');
const Model = plain('Model', 'Model name of the camera.', ['EBN1240-A']);
const MacAddress = text('MAC address', 'MAC address of the camera.', ['00:11:14:aa:bb:01']);
const protocol = plain('Protocol', 'Protocol between NVR and camera.', ['onvif']);
const UserName = text('User name', 'User name that the NVR uses at the camera.');
const Password = password('Password', 'Password that the NVR uses at the camera.');
const ODSPosition = Type.Unknown({ title: 'ODS position', description: 'Not described by the document.' });

/** What names a camera on the network. */
const found = {
  DeviceName: maybe(DeviceName),
  IPAddress: maybe(IPAddress),
  Port: maybe(Port),
  Manufacturer: maybe(Manufacturer),
  Model: maybe(Model),
  MacAddress: maybe(MacAddress),
};

const camera = {
  ChannelID,
  Enable: maybe(Enable),
  ...found,
  SubnetMask: maybe(SubnetMask),
  FirmwareVersion: maybe(FirmwareVersion),
  protocol: maybe(protocol),
  ODSPosition: maybe(ODSPosition),
};

/** What the NVR must know to use a camera. */
const newCamera = {
  Enable,
  DeviceName,
  IPAddress,
  Port,
  UserName,
  Password,
  Manufacturer: Type.Optional(Manufacturer),
  Model: Type.Optional(Model),
  MacAddress: Type.Optional(MacAddress),
  protocol,
  SubnetMask,
  ODSPosition: Type.Optional(ODSPosition),
};

export const probe = defineOperation({
  id: 'probe',
  section: '2.1',
  title: 'Find cameras',
  description: 'Lets the NVR look for cameras in its network.',
  domain: 'camera',
  method: 'GET',
  path: '/device/probe',
  reply: json(Type.Array(Type.Object(found, open))),
  effect: 'read',
  pace: 'scan',
});

export const addCamera = defineOperation({
  id: 'addCamera',
  section: '2.2',
  title: 'Add camera',
  description: 'Adds a camera on a channel that the NVR chooses; its answer tells which.',
  domain: 'camera',
  method: 'POST',
  path: '/device/addCamera',
  body: Type.Object(newCamera),
  reply: status,
  effect: 'write',
});

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
        UserName: maybe(UserName),
        Password: maybe(Password),
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

export const deleteCamera = defineOperation({
  id: 'deleteCamera',
  section: '2.5',
  title: 'Delete camera',
  description: 'Removes the camera of a channel from the NVR.',
  domain: 'camera',
  method: 'GET',
  path: '/device/deleteCamera',
  query: Type.Object({ ChannelID }),
  reply: status,
  readBack: () => ({
    by: cameraList,
    shows: (cameras: ReplyOf<typeof cameraList>, { ChannelID: channel }: { readonly ChannelID: number }) =>
      !cameras.some((camera) => camera.ChannelID === channel),
  }),
  effect: 'destructive',
});

export const updateCamera = defineOperation({
  id: 'updateCamera',
  section: '2.6',
  title: 'Update camera setting',
  description: 'Changes the given settings of a camera and leaves the others as they are.',
  domain: 'camera',
  method: 'POST',
  path: '/device/updateCamera',
  query: Type.Object({ ChannelID }),
  body: Type.Object({
    ChannelID: Type.Optional(
      Type.Integer({
        minimum: 1,
        title: 'New channel',
        description: 'Moves the camera to this channel. Left out, it stays where it is.',
        examples: [2],
      }),
    ),
    Enable: Type.Optional(Enable),
    DeviceName: Type.Optional(DeviceName),
    IPAddress: Type.Optional(IPAddress),
    Port: Type.Optional(Port),
    UserName: Type.Optional(UserName),
    Password: Type.Optional(Password),
    protocol: Type.Optional(protocol),
  }),
  renamed: { ChannelID: 'NewChannelID' },
  reply: status,
  readBack: () => ({ by: cameraDetail }),
  settings: () => ({ by: cameraDetail, repeats: ['ChannelID'], words: 'camera name, address, user, password, enable' }),
  effect: 'write',
});

export const setCamera = defineOperation({
  id: 'setCamera',
  section: '2.7',
  title: 'Set camera',
  description: 'Adds a camera on the given channel.',
  domain: 'camera',
  method: 'POST',
  path: '/device/setCamera',
  query: Type.Object({ ChannelID }),
  // The channel travels in both query and body.
  body: Type.Object({ ChannelID, ...newCamera, FirmwareVersion: Type.Optional(FirmwareVersion) }),
  reply: status,
  readBack: () => ({ by: cameraDetail }),
  effect: 'write',
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

export const cameraOperations = {
  probe,
  addCamera,
  cameraList,
  cameraDetail,
  deleteCamera,
  updateCamera,
  setCamera,
  cameraStatus,
} as const;

export const cameraSockets = { cameraStatusHook } as const;
