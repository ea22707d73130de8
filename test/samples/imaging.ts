import type { Sample } from './sample.js';

const stream = { params: { ChannelID: 1, mainsub: 0 }, query: 'ChannelID=1&mainsub=0' };
const settings = { brightness: 50.5, colorSaturation: 50, contrast: 49.5, sharpness: 10 };
const range = { Min: 0, Max: 100 };

export const imagingSamples: readonly Sample[] = [
  {
    operation: 'getImagingSettings',
    ...stream,
    reply: { ImagingSettings: { Brightness: 50.5, ColorSaturation: 50, Contrast: 49.5, Sharpness: 10 } },
  },
  {
    operation: 'getImagingOptions',
    ...stream,
    reply: { ImagingOptions: { Brightness: range, ColorSaturation: range, Contrast: range } },
  },
  {
    operation: 'setImagingSettings',
    params: { ...stream.params, ...settings },
    query: stream.query,
    body: settings,
    reply: { Result: 'OK' },
  },
];
