import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import type { PtzMove } from '../nvr/ptz.js';
import { type Context, type Handlers, done } from './handler.js';

type Ids =
  | 'tiltUp'
  | 'tiltDown'
  | 'panLeft'
  | 'panRight'
  | 'zoomIn'
  | 'zoomOut'
  | 'stopMove'
  | 'setPreset'
  | 'removePreset'
  | 'gotoPreset'
  | 'getPresets'
  | 'startTour'
  | 'stopTour'
  | 'getTourPresets';

export const ptz: Pick<Handlers, Ids> = {
  tiltUp: move('tilt_up'),
  tiltDown: move('tilt_down'),
  panLeft: move('pan_left'),
  panRight: move('pan_right'),
  zoomIn: move('zoom_in'),
  zoomOut: move('zoom_out'),
  stopMove: ({ ChannelID }, { nvr }) => {
    nvr.cameras.online(ChannelID).ptz.stop();
    return done();
  },
  setPreset: ({ ChannelID, preset_name, preset_token }, { nvr }) => ({
    PresetToken: nvr.cameras.online(ChannelID).ptz.setPreset(preset_name, preset_token),
  }),
  removePreset: ({ ChannelID, preset_token }, { nvr }) => {
    nvr.cameras.online(ChannelID).ptz.removePreset(preset_token);
    return done();
  },
  gotoPreset: ({ ChannelID, preset_token }, { nvr }) => {
    nvr.cameras.online(ChannelID).ptz.gotoPreset(preset_token);
    return done();
  },
  getPresets: ({ ChannelID }, { nvr }) => ({ presets: [...nvr.cameras.online(ChannelID).ptz.presets] }),
  startTour: ({ ChannelID, picked_presets }, { nvr }) => {
    nvr.cameras.online(ChannelID).ptz.startTour(picked_presets);
    return done();
  },
  stopTour: ({ ChannelID }, { nvr }) => {
    nvr.cameras.online(ChannelID).ptz.stopTour();
    return done();
  },
  getTourPresets: ({ ChannelID }, { nvr }) => ({ presets: [...nvr.cameras.online(ChannelID).ptz.tourPresets] }),
};

function move(command: PtzMove) {
  return ({ ChannelID, speed }: OperationParams<'tiltUp'>, { nvr }: Context) => {
    nvr.cameras.online(ChannelID).ptz.move(command, speed);
    return done();
  };
}
