import type { Camera } from '../nvr/cameras.js';
import type { Nvr } from '../nvr/nvr.js';
import type { Handlers } from './handler.js';

export const cameras: Pick<Handlers, 'cameraList' | 'cameraDetail' | 'cameraStatus'> = {
  cameraList: (_, { nvr }) => nvr.cameras.all.map(listed),
  cameraDetail: ({ ChannelID }, { nvr }) => ({
    ...listed(nvr.cameras.on(ChannelID)),
    UserName: 'root',
    Password: 'secret of the camera',
    Schedule: {},
    TimeSync: true,
  }),
  cameraStatus: (_, { nvr }) => channelStatus(nvr).map((status) => ({ ...status, Manual: false })),
};

/** What the WebSocket tells of each channel (SDK 2.8); HTTP adds `Manual`. */
export function channelStatus(nvr: Nvr) {
  return nvr.cameras.all.map(({ channel }) => ({
    ChannelID: channel,
    Online: true,
    Recording: true,
    Event: nvr.events.isActive(channel),
  }));
}

function listed({ channel, name, address, mac }: Camera) {
  return {
    ChannelID: channel,
    Enable: true,
    DeviceName: name,
    IPAddress: address,
    SubnetMask: '255.255.255.0',
    Port: 80,
    Manufacturer: 'EverFocus',
    FirmwareVersion: '1.0.0',
    Model: 'Simulated camera',
    MacAddress: mac,
    protocol: 'onvif',
    ODSPosition: '',
  };
}
