import { Type } from 'typebox';
import { movePtz, type PtzDirection } from '../../shared/index.js';
import { channelOption, type Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { show } from '../show.js';

const directions: Readonly<Record<string, PtzDirection>> = {
  ...{ left: 'panLeft', right: 'panRight', up: 'tiltUp', down: 'tiltDown', in: 'zoomIn', out: 'zoomOut' },
};

export const ptz: Command = {
  name: 'ptz',
  summary: 'Move a camera, or send it to a preset',
  description: [
    'A move ends after its time, also where this program is interrupted: the camera is stopped whatever happens.',
  ],
  operands: [
    {
      name: 'action',
      description: 'A direction, or what else to do.',
      choices: [...Object.keys(directions), 'stop', 'presets', 'goto'],
    },
    { name: 'preset', description: 'With goto: name or token of the preset.', optional: true },
  ],
  options: {
    channel: channelOption,
    seconds: {
      type: 'number',
      value: 's',
      minimum: 0.05,
      maximum: 60,
      description: 'How long it moves.',
      otherwise: '0.5',
    },
    speed: { type: 'number', value: 'n', minimum: 0, maximum: 1, description: 'How fast, up to 1.', otherwise: '0.5' },
  },
  connects: true,
  answers: {
    '': Type.Object({ channel: Type.Integer(), action: Type.String(), done: Type.Literal(true) }),
    presets: Type.Array(Type.Object({ name: Type.Optional(Type.String()), preset_token: Type.String() })),
  },
  examples: [
    ['everfocus ptz left -c 2 --seconds 1', 'turns camera 2 for a second'],
    ['everfocus ptz presets -c 2', 'lists its presets'],
    ['everfocus ptz goto gate -c 2', 'sends it to one'],
  ],
  async run({ given, out, signal, clock, connect }) {
    const action = given.operand(0);
    const channel = given.number('channel') ?? 1;
    const wanted = given.operand(1);
    if ((action === 'goto') !== (wanted !== ''))
      throw new Failure('USAGE', 'ptz: a preset goes with goto, and goto with a preset');
    const client = await connect();
    const direction = directions[action];
    if (direction) {
      const duration = Math.round((given.number('seconds') ?? 0.5) * 1000);
      await movePtz(client, { channel, direction, duration, speed: given.number('speed') }, { signal, clock });
    } else if (action === 'stop') await client.ptz.stopMove({ ChannelID: channel }, { signal });
    else {
      const { presets } = await client.ptz.getPresets({ ChannelID: channel }, { signal });
      if (action === 'presets') {
        if (presets.length === 0 && !out.json) out.note(`camera ${channel} has no presets`);
        else show(out, presets);
        return EXIT.ok;
      }
      const preset = presets.find(({ name, preset_token }) => name === wanted || preset_token === wanted);
      if (!preset) throw new Failure('NOTHING_FOUND', `camera ${channel} has no preset "${wanted}"`);
      await client.ptz.gotoPreset({ ChannelID: channel, preset_token: preset.preset_token }, { signal });
    }
    if (out.json) out.document({ channel, action, done: true });
    return EXIT.ok;
  },
};
