import { IMAGING_RANGES, checkImaging } from '../nvr/imaging.js';
import { type Handlers, done } from './handler.js';

export const imaging: Pick<Handlers, 'getImagingSettings' | 'getImagingOptions' | 'setImagingSettings'> = {
  getImagingSettings: ({ ChannelID, mainsub }, { nvr }) => ({
    ImagingSettings: capitalised(nvr.cameras.on(ChannelID).imaging.of(mainsub).get()),
  }),
  getImagingOptions: ({ ChannelID }, { nvr }) => {
    nvr.cameras.on(ChannelID);
    return { ImagingOptions: capitalised(IMAGING_RANGES) };
  },
  setImagingSettings: ({ ChannelID, mainsub, ...changes }, { nvr }) => {
    const settings = nvr.cameras.on(ChannelID).imaging.of(mainsub);
    checkImaging(changes);
    settings.set({ ...settings.get(), ...changes });
    return done();
  },
};

/** What is set in camelCase (9.10) is read with capitals (9.8, 9.9). */
function capitalised<T>({
  brightness,
  colorSaturation,
  contrast,
  sharpness,
}: Record<'brightness' | 'colorSaturation' | 'contrast' | 'sharpness', T>) {
  return { Brightness: brightness, ColorSaturation: colorSaturation, Contrast: contrast, Sharpness: sharpness };
}
