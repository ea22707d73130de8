import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { Simulator, faultActions, faultSettings } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { decodeMarks } from './decode.js';
import { Visitor } from './visitor.js';

describe('Control server of the simulator', () => {
  let simulator: Simulator;
  const told: string[] = [];

  beforeAll(async () => {
    simulator = await Simulator.start({ controlPort: 0, cameras: 2, tell: (line) => told.push(line) });
  });
  afterAll(() => simulator.stop());

  const send = async (method: string, path: string, body?: string) => {
    const options = { method, ...(body !== undefined && { body }) };
    const response = await fetch(`http://127.0.0.1:${simulator.controlPort}${path}`, options);
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  const post = (path: string, body?: object) => send('POST', path, body && JSON.stringify(body));
  const state = async () => (await send('GET', '/')).json;
  const active = async () => {
    const visitor = await Visitor.loggedIn(simulator);
    const status = (await visitor.get('/device/cameraStatus')).json as { ChannelID: number; Event: boolean }[];
    return status.filter(({ Event }) => Event).map(({ ChannelID }) => ChannelID);
  };

  it('tells what there is and how things stand', async () => {
    const { pins, faults, oneTimeFaults, nvr } = await state();
    expect(nvr).toEqual({ host: '127.0.0.1', port: simulator.port, cameras: 2 });
    expect(pins).toEqual({ 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0 });
    expect(faults).toEqual(Object.entries(faultSettings).map(([name, { off, what }]) => ({ name, value: off, what })));
    expect(oneTimeFaults).toHaveLength(Object.keys(faultActions).length);
  });

  it('knows the faults that docs/simulator.md lists, and no others', async () => {
    const page = await readFile(new URL('../../docs/simulator.md', import.meta.url), 'utf8');
    const faults = Object.entries({ ...faultSettings, ...faultActions });
    const rows = faults.map(([name, { what }]) => `| \`${name}\` | ${what} |`);
    const listed = page.slice(page.indexOf('## Faults')).match(/^\| `.*$/gm) ?? [];
    expect(listed.map((row) => row.replace(/ +/g, ' '))).toEqual(rows);
  });

  it('throws events', async () => {
    expect(await post('/event', { channel: 2 })).toEqual({
      status: 200,
      json: { ok: true, done: 'motion on channel 2' },
    });
    await post('/event', { channel: 1, type: 'VideoLoss', state: 'active' });
    expect(await active()).toEqual([1, 2]);
  });

  it('throws metadata and exceptions', async () => {
    const visitor = await Visitor.loggedIn(simulator);
    const hooks = [await visitor.socket('/meta/metaHook'), await visitor.socket('/system/exceptionListen')];
    await post('/meta', { channel: 1, type: 'plate', data: 'ABC-123' });
    await post('/exception', { exception: 'DiskError', target: 'sda' });
    await until('both', () => hooks.every(({ messages }) => messages.length === 1));
    expect(hooks.map(({ messages }) => JSON.parse(String(messages[0])))).toEqual([
      { ChannelID: 1, Type: 'plate', Data: 'ABC-123' },
      [{ exception: 'DiskError', target: 'sda', time: expect.any(Number) }],
    ]);
    visitor.leave();
  });

  it('sets pins of either kind', async () => {
    await post('/pin', { pin: 3, value: 1 });
    await post('/pin', { pin: 8, value: 1 });
    expect([simulator.pin(3), simulator.pin(8)]).toEqual([1, 1]);
  });

  it('switches faults, and makes one-time faults happen', async () => {
    await post('/fault/silentLive');
    await post('/fault/slowReplies', { value: 20 });
    expect(simulator.faults).toMatchObject({ silentLive: true, slowReplies: 20 });
    await post('/fault/silentLive', { value: false });
    await post('/fault/slowReplies', { value: 0 });
    expect(simulator.faults).toMatchObject({ silentLive: false, slowReplies: 0 });

    const visitor = await Visitor.loggedIn(simulator);
    await post('/fault/expireSessions');
    expect((await visitor.get('/device/cameraList')).status).toBe(401);
  });

  it('tells its owner what was done', async () => {
    told.length = 0;
    await post('/pin', { pin: 5, value: 1 });
    await post('/event', { channel: 9 });
    await post('/fault/stalledReplies', { value: false });
    expect(told).toEqual(['pin 5 is 1', 'fault stalledReplies off']);
  });

  it('draws what a camera shows now', async () => {
    const pictureAt = (time: number) => Math.floor((time * 15) / 1000);
    const asked = pictureAt(Date.now());
    const response = await fetch(`http://127.0.0.1:${simulator.controlPort}/still/2.jpg`);
    const answered = pictureAt(Date.now());
    const [mark] = await decodeMarks(Buffer.from(await response.arrayBuffer()), 'mjpeg');
    expect(mark).toMatchObject({ channel: 2, stream: 'sub' });
    // Pictures since then, in a loop of 150: it is of the second before the answer, however long that took.
    expect((answered - (mark?.picture ?? 0) + 150) % 150).toBeLessThan(15 + answered - asked);
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['a page from a file', { origin: 'null' }],
  ])('does nothing for %s', async (_, headers) => {
    const url = `http://127.0.0.1:${simulator.controlPort}/pin`;
    const response = await fetch(url, { method: 'POST', headers, body: '{"pin":6,"value":1}' });
    expect([response.status, simulator.pin(6)]).toEqual([400, 0]);
  });

  it('restarts the NVR and stays itself', async () => {
    expect((await post('/restart', { downMs: 10 })).status).toBe(200);
    expect(await active()).toEqual([]);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ['POST', '/event', '{}', /^channel: must be a whole number/],
    ['POST', '/event', '{"channel":3}', /no such channel/],
    ['POST', '/event', '{"channel":1,"type":"Sharp"}', /^state: must be active, inactive or once/],
    ['POST', '/event', '[1]', /^body: must be a JSON object/],
    ['POST', '/event', '{"channel"', /^body: must be a JSON object/],
    ['POST', '/meta', '{"channel":1,"type":"plate"}', /^data: must be text/],
    ['POST', '/exception', '{"exception":"DiskError"}', /names its disk/],
    ['POST', '/pin', '{"pin":9,"value":1}', /no such pin/],
    ['POST', '/pin', '{"pin":5,"value":2}', /must be 0 or 1/],
    ['POST', '/fault/toString', undefined, /there is no such fault/],
    ['POST', '/fault/silentLive', '{"value":"yes"}', /must be true or false/],
    ['POST', '/fault/slowReplies', '{"value":-1}', /whole number from 0 to/],
    ['POST', '/fault/eventStorm', '{"value":100001}', /whole number from 0 to/],
    ['POST', '/nothing', undefined, /there is no such command/],
    ['DELETE', '/', undefined, /GET \/ tells what there is/],
  ])('says what is wrong with %s %s %s', async (method, path, body, message) => {
    expect(await send(method, path, body)).toEqual({
      status: 400,
      json: { error: expect.stringMatching(message), code: 'INVALID_PARAMETER' },
    });
  });

  it('is no part of the NVR, nor the NVR of it', async () => {
    const visitor = await Visitor.loggedIn(simulator);
    expect((await visitor.post('/pin', { pin: 5, value: 1 })).status).toBe(404);
    expect((await send('GET', '/device/cameraList')).status).toBe(400);
  });
});
