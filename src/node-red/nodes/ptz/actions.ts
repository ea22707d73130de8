import { Type } from 'typebox';
import { InvalidParameterError, movePtz, type Nvr, operations, type PtzDirection } from '../../../shared/index.js';
import { ChannelID } from '../../../shared/sdk/index.js';
import type { Action, Parameter } from '../../actions/action.js';
import { numberOf } from '../../actions/checked.js';
import { folded } from '../../words.js';

/** ms that a move goes on where nothing else is said: a nudge. */
const NUDGE = 500;
/** s that a tour waits at each preset where nothing else is said. */
const STAY = 10;
/** Presets that an error names. */
const NAMED = 12;

/** As people say it. */
const directions = {
  ...{ up: 'tiltUp', down: 'tiltDown', left: 'panLeft', right: 'panRight' },
  ...{ in: 'zoomIn', out: 'zoomOut' },
} as const satisfies Record<string, PtzDirection>;

const camera = { ...ChannelID, title: 'Camera', description: 'Number or name of the camera.' };
const presetText = { title: 'Preset', examples: ['Gate'] };
const preset = Type.String({
  ...{ ...presetText, minLength: 1, picks: 'preset', description: 'Name of the preset, or its token.' },
});
const speed = (description: string, preset: number) =>
  Type.Number({ minimum: 0, maximum: 1, title: 'Speed', description, default: preset });

const required = (name: string, schema: Parameter['schema']): Parameter => ({ name, schema, required: true });
const optional = (name: string, schema: Parameter['schema']): Parameter => ({ name, schema, required: false });
const shared = { domain: 'ptz', effect: 'write', needsConfirmation: false, reply: { as: 'status' } } as const;

type Preset = { readonly name?: string; readonly preset_token: string };

/**
 * The preset of that name, else of that token.
 *
 * @throws InvalidParameterError where there is none, or several have the name
 */
export function presetNamed(presets: readonly Preset[], named: unknown): Preset {
  const wanted = typeof named === 'string' || typeof named === 'number' ? String(named).trim() : '';
  if (wanted === '') throw new InvalidParameterError('preset', 'must be the name or the token of a preset');
  const alike = presets.filter(({ name = '' }) => folded(name.trim()) === folded(wanted));
  const exact = alike.filter(({ name = '' }) => name.trim() === wanted);
  const found = [exact, alike, presets.filter(({ preset_token }) => preset_token === wanted)];
  const [only, other] = found.find(({ length }) => length > 0) ?? [];
  if (only && !other) return only;
  const list = presets.slice(0, NAMED).map(({ name, preset_token }) => name || preset_token);
  const problem = only ? `several presets are called "${wanted}": name one by its token` : `no preset "${wanted}"`;
  throw new InvalidParameterError('preset', `${problem} (${list.join(', ') || 'the camera has none'})`);
}

async function presetsOf(client: Nvr, channel: number, signal: AbortSignal): Promise<readonly Preset[]> {
  return (await client.call(operations.getPresets, { ChannelID: channel }, { signal })).presets;
}

/** @throws InvalidParameterError */
function channelIn({ camera }: Readonly<Record<string, unknown>>): number {
  if (typeof camera === 'number') return camera;
  throw new InvalidParameterError('camera', 'must be the number or the name of a camera');
}

const given = <Name extends string>(name: Name, value: unknown) =>
  (value === undefined ? {} : { [name]: value }) as { [N in Name]?: number };

/** What `everfocus-ptz` can do. */
export const ptzActions: readonly Action[] = [
  {
    ...{ ...shared, id: 'showPreset', section: '2.12', title: 'Go to a preset', words: 'position view move' },
    description: 'Turns the camera to where a preset looks.',
    parameters: [
      required('camera', camera),
      required('preset', { ...preset, beginsWith: 'first' }),
      optional('speed', speed('How fast it goes there.', 0.1)),
    ],
    async run(client, params, signal) {
      const ChannelID = channelIn(params);
      const { preset_token } = presetNamed(await presetsOf(client, ChannelID, signal), params['preset']);
      const travel = { ChannelID, preset_token, ...given('speed', params['speed']) };
      return client.call(operations.gotoPreset, travel, { signal });
    },
  },
  {
    ...{ ...shared, id: 'moveCamera', section: '2.9', title: 'Move for a time' },
    description:
      'Moves the camera for a time. Whatever happens, it is stopped: also where the answer is lost or a deploy cuts it short.',
    words: 'pan tilt zoom left right up down in out nudge',
    parameters: [
      required('camera', camera),
      required(
        'direction',
        Type.Enum(['up', 'down', 'left', 'right', 'in', 'out'], {
          ...{ title: 'Direction', description: 'Where to; in and out are the zoom.' },
        }),
      ),
      optional(
        'duration',
        Type.Number({
          ...{ minimum: 1, maximum: 86_400_000, unit: 'ms', title: 'Time', default: NUDGE },
          description: 'How long it moves.',
        }),
      ),
      optional('speed', speed('How fast it moves.', 0.5)),
    ],
    async run(client, params, signal) {
      const { direction, duration = NUDGE, speed } = params;
      const time = numberOf('duration', duration);
      const word = typeof direction === 'string' ? folded(direction.trim()) : '';
      // What is none, the driver refuses.
      const to = Object.hasOwn(directions, word) ? directions[word as keyof typeof directions] : word;
      const move = { channel: channelIn(params), direction: to as PtzDirection, duration: time };
      await movePtz(client, { ...move, ...given('speed', speed) }, { signal });
      return { Result: 'OK' };
    },
  },
  {
    ...{ ...shared, id: 'stopCamera', section: '2.9', title: 'Stop moving' },
    description: 'Ends tilting, panning and zooming.',
    parameters: [required('camera', camera)],
    run: (client, params, signal) => client.call(operations.stopMove, { ChannelID: channelIn(params) }, { signal }),
  },
  {
    ...{ ...shared, id: 'startPatrol', section: '2.14', title: 'Start a tour', words: 'patrol presets' },
    description: 'Lets the camera go from preset to preset, again and again.',
    parameters: [
      required('camera', camera),
      required(
        'presets',
        Type.Array(preset, { title: 'Presets', description: 'Their names, in order.', examples: [['Gate', 'Lobby']] }),
      ),
      optional(
        'stay',
        Type.Number({
          ...{ minimum: 0, unit: 's', title: 'Stay', default: STAY },
          description: 'How long it waits at each.',
        }),
      ),
      optional('speed', speed('How fast it goes from one to the next.', 0.1)),
    ],
    async run(client, params, signal) {
      const ChannelID = channelIn(params);
      const { presets: named, stay = STAY } = params;
      const time = numberOf('stay', stay);
      if (!Array.isArray(named) || named.length === 0) {
        throw new InvalidParameterError('presets', 'must be a list of presets');
      }
      const presets = await presetsOf(client, ChannelID, signal);
      const picked = named.map((each) => {
        const { name = '', preset_token } = presetNamed(presets, each);
        return { name, preset_token, time };
      });
      const tour = { ChannelID, picked_presets: picked, ...given('speed', params['speed']) };
      return client.call(operations.startTour, tour, { signal });
    },
  },
  {
    ...{ ...shared, id: 'endPatrol', section: '2.15', title: 'Stop the tour', words: 'patrol' },
    description: 'Ends the running tour; its presets stay set.',
    parameters: [required('camera', camera)],
    run: (client, params, signal) => client.call(operations.stopTour, { ChannelID: channelIn(params) }, { signal }),
  },
  {
    ...{ ...shared, id: 'savePreset', section: '2.10', title: 'Save a preset', words: 'set store position' },
    description: 'Stores where the camera looks now; the preset of that name, if there is one, is stored anew.',
    parameters: [
      required('camera', camera),
      required('name', Type.String({ ...presetText, minLength: 1, title: 'Name', description: 'Name of the preset.' })),
    ],
    reply: operations.setPreset.reply,
    async run(client, params, signal) {
      const ChannelID = channelIn(params);
      const name = typeof params['name'] === 'string' ? params['name'].trim() : '';
      if (name === '') throw new InvalidParameterError('name', 'must be the name of the preset');
      const same = (await presetsOf(client, ChannelID, signal)).filter((each) => each.name === name);
      if (same.length > 1) presetNamed(same, name);
      const token = same[0] && { preset_token: same[0].preset_token };
      return client.call(operations.setPreset, { ChannelID, preset_name: name, ...token }, { signal });
    },
  },
  {
    ...{ ...shared, id: 'deletePreset', section: '2.11', title: 'Remove a preset', words: 'delete position' },
    description: 'Removes a preset from the camera.',
    parameters: [required('camera', camera), required('preset', preset)],
    async run(client, params, signal) {
      const ChannelID = channelIn(params);
      const { preset_token } = presetNamed(await presetsOf(client, ChannelID, signal), params['preset']);
      return client.call(operations.removePreset, { ChannelID, preset_token }, { signal });
    },
  },
  {
    ...{ ...shared, id: 'listPresets', section: '2.13', title: 'List the presets', effect: 'read' },
    description: 'The presets of the camera: name and token of each.',
    parameters: [required('camera', camera)],
    reply: { as: 'json', schema: Type.Array(operations.getPresets.reply.schema.properties.presets.items) },
    run: (client, params, signal) => presetsOf(client, channelIn(params), signal),
  },
];
