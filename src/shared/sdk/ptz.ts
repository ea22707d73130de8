import { Type, defineOperation, json, open, type ReplyOf, status } from './declaration.js';
import { ChannelID, maybe, text } from './fields.js';

const path = '/device/ptzControl';
const query = Type.Object({ ChannelID });

const presetToken = text('Preset', 'Token of the preset, as the list of presets gives it.', ['1']);
const presetName = text('Name', 'Name of the preset.', ['Gate']);
const travelSpeed = Type.Number({
  minimum: 0,
  maximum: 1,
  default: 0.1,
  title: 'Speed',
  description: 'How fast the camera goes to the preset, at most 1.',
});

const presets = Type.Object(
  {
    presets: Type.Array(Type.Object({ name: maybe(presetName), preset_token: presetToken }, open), {
      title: 'Presets',
      description: 'Name and token of each preset.',
      default: [],
    }),
  },
  open,
);

/** One of the moves of 2.9: they go on until `stop` comes. */
function move<const Id extends string, const Command extends string>(
  id: Id,
  command: Command,
  title: string,
  description: string,
) {
  return defineOperation({
    id,
    section: '2.9',
    title,
    description,
    domain: 'ptz',
    method: 'POST',
    path,
    query,
    body: Type.Object({
      command: Type.Literal(command),
      speed: Type.Optional(
        Type.Number({
          minimum: 0,
          title: 'Speed',
          description: 'Speed of the move.',
          // A camera that is not told may not move at all.
          ...(command === 'stop' ? { examples: [0.5] } : { default: 0.5, sent: 'always' }),
        }),
      ),
      number: Type.Optional(
        Type.Integer({
          minimum: 0,
          title: 'Number',
          description: 'Number of a preset, where the command has to do with one.',
        }),
      ),
    }),
    reply: status,
    effect: 'write',
  });
}

const goesOn = 'It goes on until the camera is stopped.';

export const tiltUp = move('tiltUp', 'tilt_up', 'Tilt up', `Begins to tilt the camera up. ${goesOn}`);
export const tiltDown = move('tiltDown', 'tilt_down', 'Tilt down', `Begins to tilt the camera down. ${goesOn}`);
export const panLeft = move('panLeft', 'pan_left', 'Pan left', `Begins to turn the camera to the left. ${goesOn}`);
export const panRight = move('panRight', 'pan_right', 'Pan right', `Begins to turn the camera to the right. ${goesOn}`);
export const zoomIn = move('zoomIn', 'zoom_in', 'Zoom in', `Begins to zoom in. ${goesOn}`);
export const zoomOut = move('zoomOut', 'zoom_out', 'Zoom out', `Begins to zoom out. ${goesOn}`);
export const stopMove = {
  ...move('stopMove', 'stop', 'Stop moving', 'Ends tilting, panning and zooming.'),
  urgent: true,
} as const;

export const setPreset = defineOperation({
  id: 'setPreset',
  section: '2.10',
  title: 'Set preset',
  description: 'Stores where the camera looks now: as a new preset, or in place of the one with the given token.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({
    command: Type.Literal('set_preset'),
    parameters: Type.Object({
      preset_name: presetName,
      preset_token: Type.Optional(
        text('Preset', 'Token of the preset to store anew; left out, a new preset is made.', ['1']),
      ),
    }),
  }),
  nested: 'parameters',
  reply: json(Type.Object({ PresetToken: maybe(text('Preset', 'Token of the stored preset.', ['1'])) }, open)),
  readBack: () => ({ by: getPresets, compares: storedPreset }),
  effect: 'write',
});

export const removePreset = defineOperation({
  id: 'removePreset',
  section: '2.11',
  title: 'Remove preset',
  description: 'Removes a preset from the camera.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({
    command: Type.Literal('remove_preset'),
    parameters: Type.Object({ preset_token: presetToken }),
  }),
  nested: 'parameters',
  reply: status,
  readBack: () => ({
    by: getPresets,
    shows: ({ presets: left }: ReplyOf<typeof getPresets>, { preset_token }: { readonly preset_token: string }) =>
      !left.some((preset) => preset.preset_token === preset_token),
  }),
  effect: 'write',
});

export const gotoPreset = defineOperation({
  id: 'gotoPreset',
  section: '2.12',
  title: 'Go to preset',
  description: 'Turns the camera to where a preset looks.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({
    command: Type.Literal('goto_preset'),
    parameters: Type.Object({ preset_token: presetToken, speed: Type.Optional(travelSpeed) }),
  }),
  nested: 'parameters',
  reply: status,
  effect: 'write',
});

export const getPresets = defineOperation({
  id: 'getPresets',
  section: '2.13',
  title: 'Get presets',
  description: 'Lists the presets of the camera.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({ command: Type.Literal('get_presets') }),
  reply: json(presets),
  effect: 'read',
});

export const startTour = defineOperation({
  id: 'startTour',
  section: '2.14',
  title: 'Start tour',
  description:
    'Lets the camera go from preset to preset, again and again. An empty list clears the tour and ends the running one.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({
    command: Type.Literal('start_tour'),
    parameters: Type.Object({
      speed: Type.Optional(travelSpeed),
      picked_presets: Type.Array(
        Type.Object({
          name: presetName,
          preset_token: presetToken,
          time: Type.Number({
            minimum: 0,
            title: 'Time',
            description: 'How long the camera waits before it goes to the next preset.',
            unit: 's',
            examples: [10],
          }),
        }),
        { title: 'Presets', description: 'The presets of the tour, in order; none clears the tour.' },
      ),
    }),
  }),
  nested: 'parameters',
  reply: status,
  effect: 'write',
});

export const stopTour = defineOperation({
  id: 'stopTour',
  section: '2.15',
  title: 'Stop tour',
  description: 'Ends the running tour; its presets stay set.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({ command: Type.Literal('stop_tour') }),
  reply: status,
  effect: 'write',
});

export const getTourPresets = defineOperation({
  id: 'getTourPresets',
  section: '2.16',
  title: 'Get tour presets',
  description: 'Lists the presets of the tour.',
  domain: 'ptz',
  method: 'POST',
  path,
  query,
  body: Type.Object({ command: Type.Literal('get_tour_presets') }),
  reply: json(presets),
  effect: 'read',
});

type Presets = ReplyOf<typeof getPresets>;

/**
 * What setting a preset is answered with (2.10), by the lists before and after: there is one of that name which was not
 * there before. A preset that kept its name tells nothing: where it looks, the NVR does not say.
 */
function storedPreset(
  { presets: before }: Presets,
  { presets: after }: Presets,
  { preset_name, preset_token }: { readonly preset_name: string; readonly preset_token?: string },
): ReplyOf<typeof setPreset> | undefined {
  const known = new Set(before.filter(({ name }) => name === preset_name).map((preset) => preset.preset_token));
  const made = after.filter((preset) => preset.name === preset_name && !known.has(preset.preset_token));
  const [only, other] = made.filter((preset) => preset_token === undefined || preset.preset_token === preset_token);
  return only && !other ? { PresetToken: only.preset_token } : undefined;
}

export const ptzOperations = {
  tiltUp,
  tiltDown,
  panLeft,
  panRight,
  zoomIn,
  zoomOut,
  stopMove,
  setPreset,
  removePreset,
  gotoPreset,
  getPresets,
  startTour,
  stopTour,
  getTourPresets,
} as const;
