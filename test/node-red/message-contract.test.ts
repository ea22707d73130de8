import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { credentials, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { catcher, caught, deploy, logged, motion, out, statusTexts, tab, withRuntime } from './support/runtime.js';

/** What every node of the palette has in common, whatever it does. */
const simulator = withRuntime();
const place = { z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']], version: 1 };
const rows = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: 'literal', value }]));

/** A call of each node that makes calls, with the camera that it is about. */
const calls = [
  { type: 'everfocus-call', operation: 'cameraDetail', params: rows({ ChannelID: '2' }), channel: 2 },
  { type: 'everfocus-picture', operation: 'currentPicture', params: rows({ camera: 'Camera 2' }), channel: 2 },
  { type: 'everfocus-recordings', operation: 'findEvents', params: rows({ from: '-1h' }), channel: undefined },
  { type: 'everfocus-ptz', operation: 'listPresets', params: rows({ camera: '3' }), channel: 3 },
  { type: 'everfocus-output', operation: 'readOutput', params: rows({ pin: '5' }), channel: undefined },
  {
    ...{ type: 'everfocus-settings', operation: 'ScheduleByGroup.read', channel: 2 },
    params: rows({ ChannelID: '2', GroupID: 'Record' }),
  },
] as const;

/** What a message says of its origin, the same names on every node. */
const report = (operation: string, channel: number | undefined) => ({
  ...{ operation, nvr: 'Office', time: expect.any(Date), ms: expect.any(Number) },
  ...(channel !== undefined && { channel, camera: `Camera ${channel}` }),
});

describe.each(calls)('$type', ({ type, operation, params, channel }) => {
  const node = { id: 'node', type, ...place, operation, params, confirm: false };

  it('hands the same message on: the reply where the node says, msg.everfocus, and nothing else changed', async () => {
    await deploy(simulator(), { ...node, output: 'nvr.reply' });
    const box = inbox('out');
    helper.getNode('node').receive({ _msgid: 'one', payload: 'kept', topic: 'mine' });
    const message = await box.next();
    expect(message).toMatchObject({ _msgid: 'one', payload: 'kept', topic: 'mine' });
    expect(message.everfocus).toMatchObject(report(operation, channel));
    const { reply } = message['nvr'] as { reply: unknown };
    expect(reply).toBeDefined();
    // Binary is bytes, never base64.
    expect(Buffer.isBuffer(reply)).toBe(type === 'everfocus-picture');
  });

  it('shows a blue dot while it works, after a deploy has cleared what stood there', async () => {
    await deploy(simulator(), node);
    const [box, texts] = [inbox('out'), statusTexts('node')];
    helper.getNode('node').receive({});
    await box.next();
    await until(() => texts.length >= 3);
    expect(texts[0]).toBe('');
    // Of what is too long for the canvas, the begin.
    expect(operation.startsWith(String(texts[1]).replace('…', '') || '?')).toBe(true);
    expect(texts).not.toContain('INVALID_PARAMETER');
  });

  it('checks before it sends: one error to Catch nodes, with a code, a red ring, and no message', async () => {
    const wrong = Object.keys(params)[0] ?? '';
    await deploy(simulator(), { ...node, params: { ...params, [wrong]: { type: 'jsonata', value: '1 +' } } });
    const [box, failures, texts] = [inbox('out'), inbox('caught'), statusTexts('node')];
    const before = simulator().requests.filter(({ path }) => !path.includes('login')).length;
    for (const _msgid of ['one', 'two']) helper.getNode('node').receive({ _msgid });
    const caughtErrors = [await failures.next(), await failures.next()];
    expect(caughtErrors.map(({ error }) => error?.code)).toEqual(['INVALID_PARAMETER', 'INVALID_PARAMETER']);
    expect(caughtErrors.map(({ _msgid }) => _msgid).sort()).toEqual(['one', 'two']);
    await until(() => texts.includes('INVALID_PARAMETER'));
    expect([box.messages.length, failures.messages.length]).toEqual([0, 2]);
    expect(simulator().requests.filter(({ path }) => !path.includes('login'))).toHaveLength(before);
  });

  it('serves any NVR that a message names', async () => {
    await deploy(simulator(), { ...node, nvr: 'msg.nvr' });
    const [box, failures] = [inbox('out'), inbox('caught')];
    for (const nvr of ['Office', '127.0.0.1', 'nvr']) helper.getNode('node').receive({ nvr });
    for (let count = 0; count < 3; count += 1) {
      expect((await box.next()).everfocus).toMatchObject({ operation, nvr: 'Office' });
    }
    helper.getNode('node').receive({ nvr: 'Nowhere' });
    expect((await failures.next()).error?.code).toEqual(expect.any(String));
  });
});

/** What answers with no reply of its own: a picture is sent by itself, and what is said is heard. */
const others = [
  { type: 'everfocus-live', config: { camera: '2', output: '' }, payload: 'picture', operation: 'live' },
  {
    ...{ type: 'everfocus-talk', payload: Buffer.alloc(160, 1), operation: 'speak' },
    config: { operation: 'speak', params: { ...rows({ camera: '2' }), audio: { type: 'msg', value: 'payload' } } },
  },
];

it.each(others)('$type serves any NVR that a message names', async ({ type, config, payload, operation }) => {
  await deploy(simulator(), { id: 'node', type, ...place, ...config, nvr: 'msg.nvr' });
  const [box, failures] = [inbox('out'), inbox('caught')];
  for (const nvr of ['Office', '127.0.0.1', 'nvr']) {
    helper.getNode('node').receive({ nvr, payload });
    expect((await box.next()).everfocus).toMatchObject({ operation, nvr: 'Office', channel: 2 });
  }
  helper.getNode('node').receive({ nvr: 'Nowhere', payload });
  expect((await failures.next()).error?.code).toBe('UNKNOWN_NVR');
});

describe('what sources tell', () => {
  it.each([
    ['everfocus-camera-event', { kinds: 'motion' }, 'Office/Camera 2/motion', 'cameraEvent'],
    ['everfocus-live', { camera: '2', output: 'keyframes', stream: 'sub', autostart: true }, /2\/frame$/, 'live'],
  ])('%s: topic site/camera/kind, and where it is of', async (type, config, topic, operation) => {
    await deploy(simulator(), { id: 'node', type, ...place, ...config });
    const box = inbox('out');
    await until(() => simulator().openSockets > 0);
    await until(() => simulator().requests.some(({ path }) => path === '/device/cameraList') || type.endsWith('live'));
    simulator().throwEvent(motion);
    const message = await box.next();
    expect(message['topic']).toMatch(topic);
    expect(message.everfocus).toMatchObject({ operation, nvr: 'Office', channel: 2, time: expect.any(Date) });
  });

  it('a search: when, and how long it took', async () => {
    const search = { id: 'node', type: 'everfocus-discover', ...place, seconds: '0.1', address: '127.0.0.1' };
    await deploy(simulator(), { ...search, udpPort: '9' });
    const box = inbox('out');
    helper.getNode('node').receive({ topic: 'mine' });
    const message = await box.next();
    expect(message).toMatchObject({ topic: 'mine', payload: [] });
    expect(message.everfocus).toEqual({ operation: 'discover', time: expect.any(Date), ms: expect.any(Number) });
  });
});

describe('a node that a newer release wrote', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly 'node-red': { readonly nodes: object };
  };
  // The tile is only there with a dashboard.
  const types = Object.keys(manifest['node-red'].nodes).filter((type) => !/^ui-|-nvr$/.test(type));

  it.each(types)('is not guessed at: %s', async (type) => {
    const node = { id: 'node', type, ...place, version: 99, operation: 'getSystemInfo', params: {}, camera: '1' };
    await helper.load(palette, [tab, nvrNode(simulator()), node, out, catcher, caught], credentials());
    const [box, failures] = [inbox('out'), inbox('caught')];
    helper.getNode('node').receive({});
    await until(() => failures.messages.length > 0 || logged().includes('newer release'));
    for (const { error } of failures.messages) expect(error).toMatchObject({ code: 'NEWER_VERSION' });
    expect(box.messages).toEqual([]);
    expect(simulator().requests).toEqual([]);
  });
});
