import type { Camera } from '../nvr/camera.js';
import type { CameraSettings } from '../nvr/camera-network.js';
import type { Nvr } from '../nvr/nvr.js';
import { type Handlers, done } from './handler.js';

type Ids =
  | 'probe'
  | 'addCamera'
  | 'cameraList'
  | 'cameraDetail'
  | 'deleteCamera'
  | 'updateCamera'
  | 'setCamera'
  | 'cameraStatus';

export const cameras: Pick<Handlers, Ids> = {
  probe: (_, { nvr }) =>
    nvr.cameras.found().map(({ DeviceName, IPAddress, Port, Manufacturer, Model, MacAddress }) => ({
      ...{ DeviceName, IPAddress, Port },
      ...(Manufacturer !== undefined && { Manufacturer }),
      ...(Model !== undefined && { Model }),
      ...(MacAddress !== undefined && { MacAddress }),
    })),
  addCamera: (settings, { nvr }) => done(`ChannelID=${nvr.cameras.add(settings)}`),
  cameraList: (_, { nvr }) => nvr.cameras.all.map(listed),
  cameraDetail: ({ ChannelID }, { nvr }) => {
    const camera = nvr.cameras.on(ChannelID);
    const { UserName, Password } = camera.settings;
    return { ...listed(camera), UserName, Password, Schedule: {}, TimeSync: true };
  },
  deleteCamera: ({ ChannelID }, { nvr }) => {
    nvr.cameras.delete(ChannelID);
    return done(String(ChannelID));
  },
  updateCamera: ({ ChannelID, NewChannelID = ChannelID, ...change }, { nvr }) => {
    nvr.cameras.move(ChannelID, NewChannelID);
    nvr.cameras.update(NewChannelID, change);
    return done(String(NewChannelID));
  },
  setCamera: ({ ChannelID, ...settings }, { nvr }) => {
    nvr.cameras.set(ChannelID, settings);
    return done(String(ChannelID));
  },
  cameraStatus: (_, { nvr }) =>
    channelStatus(nvr).map((status) => ({ ...status, Manual: nvr.recordings.isManual(status.ChannelID) })),
};

/** What the WebSocket tells of each channel (SDK 2.8); HTTP adds `Manual`. */
export function channelStatus(nvr: Nvr) {
  return nvr.cameras.channels.map((channel) => {
    const online = nvr.cameras.isOnline(channel);
    return {
      ChannelID: channel,
      Online: online,
      Recording: online && nvr.recordings.isRecording(channel),
      Event: online && nvr.events.isActive(channel),
    };
  });
}

function listed({ channel, settings }: Camera) {
  const shown: Partial<CameraSettings> = structuredClone(settings);
  delete shown.UserName;
  delete shown.Password;
  return { ChannelID: channel, ...shown };
}
