import { describe, expect, it } from '@jest/globals';
import { presetNamed } from '../../src/node-red/nodes/ptz/actions.js';
import { helper, inbox, type Message, until } from './support/palette.js';
import { api, deploy, withRuntime } from './support/runtime.js';

describe('a preset', () => {
  const presets = [
    { name: 'Gate', preset_token: '1' },
    { name: 'gate', preset_token: '2' },
    { name: 'Lobby', preset_token: '3' },
    { name: '3', preset_token: '4' },
    { preset_token: '9' },
  ];

  it.each([
    ['its name', 'Gate', '1'],
    ['its name, however it is written', ' LOBBY', '3'],
    ['its token', '9', '9'],
    ['a token as number', 2, '2'],
    ['a name that is the token of another', '3', '4'],
  ])('is found by %s', (_, named, token) => {
    expect(presetNamed(presets, named).preset_token).toBe(token);
  });

  it.each([
    ['GATE', /several presets are called "GATE".*token/],
    ['Pool', /no preset "Pool" \(Gate, gate, Lobby, 3, 9\)/],
    [undefined, /name or the token/],
  ])('%p is none', (named, message) => {
    const problem = { code: 'INVALID_PARAMETER', message: expect.stringMatching(message) };
    expect(() => presetNamed(presets, named)).toThrow(expect.objectContaining(problem));
  });
});

const simulator = withRuntime();
const literal = (value: string) => ({ type: 'literal', value });
const ptz = (operation: string, params: Record<string, object>) => ({
  ...{ ...api, id: 'ptz', type: 'everfocus-ptz', operation },
  params: { camera: literal('Camera 2'), ...params },
});

/** Deploys a node that each message tells what to do. */
async function deployed(): Promise<(operation: string, payload: object) => Promise<Message>> {
  const node = { ...ptz('msg.operation', {}), params: { params: { type: 'msg', value: 'payload' } } };
  await deploy(simulator(), { ...node, wires: [['out']] });
  const [box, failures] = [inbox('out'), inbox('caught')];
  let [answer, failure] = [box.next(), failures.next()];
  return async (operation, payload) => {
    helper.getNode('ptz').receive({ operation, payload: { camera: 'camera 2', ...payload } });
    const first = await Promise.race([answer, failure]);
    // What has not come is still to come.
    if (first.error) failure = failures.next();
    else answer = box.next();
    return first;
  };
}

describe('a PTZ node', () => {
  it('saves, shows, lists and removes presets by name, with a tour between them', async () => {
    const tell = await deployed();
    await tell('moveCamera', { direction: 'right', duration: 60 });
    const there = simulator().ptz(2).pan;
    expect(there).toBeGreaterThan(0);
    await tell('savePreset', { name: 'Gate' });
    await tell('moveCamera', { direction: 'LEFT', duration: 120 });
    await tell('savePreset', { name: 'Lobby' });
    const { payload, everfocus } = await tell('listPresets', {});
    expect(payload).toMatchObject([{ name: 'Gate' }, { name: 'Lobby' }]);
    expect(everfocus).toMatchObject({ operation: 'listPresets', channel: 2, camera: 'Camera 2' });
    await tell('showPreset', { preset: 'gate' });
    expect(simulator().ptz(2).pan).toBeCloseTo(there, 5);
    await tell('startPatrol', { presets: ['Lobby', 'Gate'], stay: 5 });
    expect(simulator().ptz(2).touring).toBe(true);
    await tell('endPatrol', {});
    expect(simulator().ptz(2).touring).toBe(false);
    await tell('savePreset', { name: 'Gate' });
    await tell('deletePreset', { preset: 'Lobby' });
    expect((await tell('listPresets', {})).payload).toMatchObject([{ name: 'Gate' }]);
    expect(simulator().refused).toEqual([]);
  });

  it('moves for a time, and its message comes when the camera stands', async () => {
    await deploy(simulator(), ptz('moveCamera', { direction: literal('up'), duration: literal('80') }));
    const box = inbox('out');
    helper.getNode('ptz').receive({ topic: 'T' });
    await until(() => simulator().ptz(2).moving === 'tilt_up');
    expect(await box.next()).toMatchObject({ topic: 'T', payload: { Result: 'OK' } });
    expect(simulator().ptz(2).moving).toBeUndefined();
  });

  it('stops the camera where a deploy cuts a move short', async () => {
    await deploy(simulator(), ptz('moveCamera', { direction: literal('in'), duration: literal('3600000') }));
    helper.getNode('ptz').receive({});
    await until(() => simulator().ptz(2).moving === 'zoom_in');
    await helper.unload();
    await until(() => simulator().ptz(2).moving === undefined);
  });

  it.each([
    ['a preset that there is not', 'showPreset', { preset: 'Pool' }],
    ['no preset', 'showPreset', {}],
    ['a direction that is none', 'moveCamera', { direction: 'sideways' }],
    ['a time that is none', 'moveCamera', { direction: 'up', duration: 'long' }],
    ['a tour of nothing', 'startPatrol', { presets: [] }],
    ['a preset without a name', 'savePreset', { name: ' ' }],
    ['a camera that there is not', 'listPresets', { camera: 'Pool' }],
  ])('refuses %s', async (_, operation, payload) => {
    const tell = await deployed();
    expect((await tell(operation, payload)).error?.code).toBe('INVALID_PARAMETER');
    expect(simulator().ptz(2).moving).toBeUndefined();
  });
});

describe('the pick list of presets', () => {
  it('is that of the camera by number or name, else of all cameras', async () => {
    const tell = await deployed();
    await tell('savePreset', { name: 'Gate' });
    await tell('savePreset', { name: 'Both' });
    await tell('savePreset', { camera: 1, name: 'Both' });
    const list = async (query: string) => (await helper.request().get(`/everfocus-nvr/nvr/preset${query}`)).body;
    const ofCamera = [
      { value: 'Gate', label: 'Gate' },
      { value: 'Both', label: 'Both' },
    ];
    expect(await list('?camera=2')).toEqual(ofCamera);
    expect(await list('?camera=camera%202')).toEqual(ofCamera);
    expect(await list('?camera=Pool')).toMatchObject({ code: 'INVALID_PARAMETER' });
    // The name that two cameras have would not tell which is meant.
    expect(await list('')).toEqual([{ value: 'Gate', label: 'Gate (Camera 2)', also: { camera: '2' } }]);
  });
});
