import { Type } from 'typebox';
import { nvrClock, operations, type StreamName } from '../../shared/index.js';
import { ChannelID } from '../../shared/sdk/index.js';
import { cameraAsked } from '../camera-names.js';
import { readCommand } from '../playback-command.js';
import { play, playerOf } from '../player.js';
import type { Action } from './action.js';
import { checkParameters } from './checked.js';
import { stream } from './find-recordings.js';
import { type Asked, rangeOf, timeOf, timeParameter } from './times.js';

/** ms; of a playback that has no end. */
const LENGTH = 60_000;

const given = {
  command: Type.Unknown({
    title: 'Command',
    description:
      'start, pause, play, stop, step, step back, backward, speed 4, speed 1/4, seek 14:30. Anything else starts what the rows say.',
    fromMessage: 'payload',
  }),
  camera: Type.Integer({ ...ChannelID, title: 'Camera', description: 'Its number or its name. Empty: 1.' }),
  frames: Type.Enum(['all', 'keyframes'], {
    title: 'Frames',
    description: 'Keyframes can be decoded alone: a picture every second or two. Empty: all.',
  }),
  fps: Type.Number({
    exclusiveMinimum: 0,
    maximum: 60,
    title: 'Frames a second at most',
    description: 'The newest count; after one that is left out, the next keyframe is sent. Empty: all that come.',
    unit: 'fps',
    examples: [5],
  }),
  sound: Type.Boolean({ title: 'Sound', description: 'G.711 µ-law, 8 kHz, as frames of their own.' }),
  report: Type.Number({
    minimum: 0.1,
    maximum: 3600,
    title: 'Position every',
    description: 'A message with topic site/camera/playback that says where it is. Empty: when something changes.',
    unit: 's',
    examples: [1],
  }),
};

interface Params extends Asked {
  readonly command?: unknown;
  readonly camera?: number;
  readonly stream?: StreamName;
  readonly frames?: 'all' | 'keyframes';
  readonly fps?: number;
  readonly sound?: boolean;
  readonly report?: number;
}

/** The reply is where the playback is; the frames follow, one message each. */
export const playRecording: Action = {
  id: 'playRecording',
  section: '3.3, 3.5',
  title: 'Play a recording',
  description: 'Recorded video as frames, one message each, controlled by messages.',
  domain: 'recording',
  effect: 'read',
  needsConfirmation: false,
  onlyInFlow: true,
  parameters: [
    timeParameter('from', 'From', 'When it begins, in the NVR’s time zone: today 08:00, -10m.', {
      required: true,
      example: 'today 08:00',
    }),
    timeParameter('to', 'To', 'When it ends; +10m counts from its begin. Empty: after 60 s.', { example: '+60s' }),
    ...(['camera', 'command', 'frames', 'fps', 'sound', 'report'] as const).map((name) => ({
      ...{ name, schema: given[name], required: false },
    })),
    stream,
  ],
  reply: {
    as: 'json',
    schema: Type.Object({
      state: Type.String({ title: 'State', description: 'playing, paused, silent, interrupted or ended.' }),
      channel: Type.Integer({ title: 'Channel', description: 'Number of the camera.' }),
      camera: Type.Optional(Type.String({ title: 'Camera', description: 'Its name.' })),
      time: Type.Optional(
        Type.Unknown({ title: 'Position', description: 'Recorded time of the last picture, a Date.' }),
      ),
      speed: Type.Number({ title: 'Speed', description: 'Negative: backward.' }),
      frames: Type.Integer({ title: 'Frames', description: 'Pictures that were sent.' }),
      dropped: Type.Integer({ title: 'Dropped', description: 'Pictures that came too fast, and were left out.' }),
    }),
  },
  async run(client, params, signal, call) {
    const asked = params as Params;
    const command = readCommand(asked.command);
    call.note({ command: command.do });
    if (command.do !== 'start') {
      const player = playerOf(call.node);
      if (command.do === 'seek') await player.seek(await timeOf(client, 'command', command.time, signal));
      else await player.control(command);
      return player.report;
    }
    checkParameters(this.parameters, params);
    const { camera: channel = 1, stream = 'main', frames = 'all', fps, sound, report } = asked;
    const range = await rangeOf(client, asked, signal, { length: LENGTH });
    const place = { channel, camera: (await cameraAsked(client, channel, signal)).camera };
    const clock = nvrClock(await client.call(operations.getTime, {}, { signal }));
    call.note({ ...place, ...range });
    const pace = { fps, keyframesOnly: frames === 'keyframes', sound, report };
    return play(client, { ...place, stream, ...range, ...pace, clock }, call, signal).report;
  },
};
