import { type ReplyOf, Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelID, StreamID, maybe } from './fields.js';

const stream = Type.Object({ ChannelID, mainsub: StreamID });

function level(title: string, description: string) {
  return maybe(
    Type.Number({ title, description: `${description} GetImagingOptions tells the range.`, examples: [50] }),
  );
}

const brightness = level('Brightness', 'Brightness of the picture.');
const colorSaturation = level('Colour saturation', 'Strength of the colours.');
const contrast = level('Contrast', 'Contrast of the picture.');
const sharpness = level('Sharpness', 'Sharpness of the picture.');

export const getImagingSettings = defineOperation({
  id: 'getImagingSettings',
  section: '9.8',
  title: 'Get imaging settings',
  description:
    'Reads brightness, colour saturation, contrast and sharpness of a stream, as far as the camera has them.',
  domain: 'imaging',
  method: 'GET',
  path: '/device/GetImagingSettings',
  query: stream,
  reply: json(
    Type.Object(
      {
        ImagingSettings: Type.Object(
          { Brightness: brightness, ColorSaturation: colorSaturation, Contrast: contrast, Sharpness: sharpness },
          { ...open, title: 'Settings', description: 'What the camera is set to.' },
        ),
      },
      open,
    ),
  ),
  effect: 'read',
});

function range(title: string) {
  return maybe(
    Type.Object(
      {
        Min: maybe(Type.Number({ title: 'Minimum', description: 'Lowest value that can be set.', examples: [0] })),
        Max: maybe(Type.Number({ title: 'Maximum', description: 'Highest value that can be set.', examples: [100] })),
      },
      { ...open, title, description: 'Range of what can be set; missing where the camera has no such setting.' },
    ),
  );
}

export const getImagingOptions = defineOperation({
  id: 'getImagingOptions',
  section: '9.9',
  title: 'Get imaging options',
  description: 'Reads which imaging settings a camera has, and their ranges.',
  domain: 'imaging',
  method: 'GET',
  path: '/device/GetImagingOptions',
  query: stream,
  reply: json(
    Type.Object(
      {
        ImagingOptions: Type.Object(
          {
            Brightness: range('Brightness'),
            ColorSaturation: range('Colour saturation'),
            Contrast: range('Contrast'),
            Sharpness: range('Sharpness'),
          },
          { ...open, title: 'Options', description: 'The range of each setting.' },
        ),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const setImagingSettings = defineOperation({
  id: 'setImagingSettings',
  section: '9.10',
  title: 'Set imaging settings',
  description: 'Sets brightness, colour saturation, contrast and sharpness of a stream; what is left out stays.',
  domain: 'imaging',
  method: 'POST',
  path: '/device/SetImagingSettings',
  query: stream,
  body: Type.Object({ brightness, colorSaturation, contrast, sharpness }),
  reply: status,
  settings: () => ({
    by: getImagingSettings,
    // What is set in camelCase is read with capitals.
    as: ({
      ImagingSettings: { Brightness, ColorSaturation, Contrast, Sharpness },
    }: ReplyOf<typeof getImagingSettings>) => ({
      brightness: Brightness,
      colorSaturation: ColorSaturation,
      contrast: Contrast,
      sharpness: Sharpness,
    }),
    words: 'picture, image, colour',
  }),
  effect: 'write',
});

export const imagingOperations = { getImagingSettings, getImagingOptions, setImagingSettings } as const;
