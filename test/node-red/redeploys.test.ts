import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';
import { machine } from '../../src/node-red/machine.js';
import { recordedTime } from '../simulator/recorded.js';
import { until } from '../support/until.js';
import { credentials, type Flow, helper, nvrNode, palette } from './support/palette.js';
import { catcher, caught, out, resourcesNow, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const place = { z: 'flow', x: 0, y: 0, nvr: 'nvr', version: 1, wires: [['out']] };
const literals = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: 'literal', value }]));
const HOUR = '3600000';
const DEPLOYS = 100;

/** One of each node that goes on for a time once it was told to, by what it does. */
function busyNodes(folder: string): Record<string, object> {
  const from = recordedTime(2).toISOString();
  const speak = { ...literals({ camera: '2' }), audio: { type: 'msg', value: 'payload' } };
  const clip = {
    camera: '2',
    from,
    to: new Date(Date.parse(from) + 60_000).toISOString(),
    file: join(folder, 'of.mp4'),
  };
  return {
    play: { type: 'everfocus-recordings', operation: 'playRecording', params: literals({ camera: '2', from }) },
    clip: { type: 'everfocus-recordings', operation: 'getClip', params: literals(clip) },
    speak: { type: 'everfocus-talk', operation: 'speak', params: speak },
    move: {
      ...{ type: 'everfocus-ptz', operation: 'moveCamera' },
      params: literals({ camera: '2', direction: 'up', duration: HOUR }),
    },
    pulse: { type: 'everfocus-output', operation: 'pulseOutput', params: literals({ pin: '5', duration: HOUR }) },
    picture: { type: 'everfocus-picture', operation: 'currentPicture', params: literals({ camera: '1' }) },
    call: {
      type: 'everfocus-call',
      operation: 'takeSnapshot',
      params: literals({ ChannelID: '3' }),
      output: 'payload',
    },
    find: { type: 'everfocus-discover', seconds: '30' },
    events: { type: 'everfocus-nvr-event', kinds: 'metadata', types: '' },
  };
}

it('a hundred deploys in the middle of all that a flow can do leave nothing of it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'redeploys-'));
  const nodes = busyNodes(folder.path);
  const flow = (deploy: number): Flow => [
    ...[tab, nvrNode(simulator()), out, catcher, caught],
    ...Object.entries(nodes).map(([id, node]) => ({ ...place, id, name: `deploy ${deploy}`, ...node })),
  ];
  const tellAll = () =>
    Object.keys(nodes).forEach((id) => helper.getNode(id).receive({ payload: Buffer.alloc(80_000, 1) }));
  await helper.load(palette, flow(0), credentials());
  // What is made once for all, such as the search for ffmpeg, is there before.
  await machine();
  const idle = async () => {
    await helper.unload();
    await until('no socket to be open', () => simulator().openSockets === 0);
  };
  await idle();
  const resourcesAreFree = resourcesNow();
  await helper.load(palette, flow(0), credentials());
  for (let deploy = 1; deploy <= DEPLOYS; deploy++) {
    tellAll();
    // Some are in the middle of it, some have hardly begun.
    if (deploy % 10 === 0) {
      await until('the camera to move', () => simulator().ptz(2).moving === 'tilt_up');
      await until('the output to be on', () => simulator().pin(5) === 1);
      await until('the loudspeaker to say it', () => simulator().talk(2).audio.length > 0);
    }
    await helper.setFlows(flow(deploy), 'full', credentials());
  }
  await idle();
  await until('the camera to stand', () => simulator().ptz(2).moving === undefined);
  await until('the output to be off', () => simulator().pin(5) === 0);
  const { ffmpeg } = await machine();
  await until('no process to run', () => ffmpeg.children.running === 0);
  await until('no half a clip to be left', async () => (await readdir(folder.path)).every((name) => name === 'of.mp4'));
  await until('no timer, socket or process to be left', resourcesAreFree);
}, 120_000);
