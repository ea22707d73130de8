import { afterEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { machine } from '../../src/node-red/machine.js';
import { jpegReader } from '../../src/node-red/nodes/live/conversions.js';
import { outputSettings } from '../../src/node-red/nodes/live/output.js';
import { commandOf } from '../../src/node-red/nodes/live/runtime.js';
import { jpegSize } from '../../src/shared/codec/index.js';
import { limits } from '../../src/shared/limits.js';
import { boxes, examine } from '../support/mp4.js';
import { until } from '../support/until.js';
import { browse, closeRoot, httpRoot, jpegsIn, wholeBoxes } from './support/live-browser.js';
import { credentials, helper, inbox, type Message, nvrNode, palette } from './support/palette.js';
import { catcher, caught, logged, out, resourcesNow, statusTexts, tab, withRuntime } from './support/runtime.js';

const usual = withRuntime();
const node = {
  ...{ id: 'live', type: 'everfocus-live', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']], version: 1 },
  ...{ camera: '2', stream: 'main', output: '', fps: '', perMinute: '', autostart: true, address: false, viewers: '' },
};

async function deploy(settings: object, simulator = usual(), root: object = {}): Promise<void> {
  const flow = [tab, nvrNode(simulator), { ...node, ...settings }, out, catcher, caught];
  await helper.load([httpRoot(root), ...palette], flow, credentials());
}
const frameOf = ({ frame }: Message) => frame as { keyframe: boolean; codec: string; width: number };
const segmentOf = ({ segment }: Message) => segment as { kind: string; codec: string; duration: number };
/** Nothing of the node is left. */
async function nothingIsLeft(simulator = usual()): Promise<void> {
  await helper.unload();
  expect((await machine()).ffmpeg.children.running).toBe(0);
  await until('no socket to be open', () => simulator.openSockets === 0);
}
afterEach(closeRoot);

describe('a camera live node', () => {
  it('sends frames as they come, with what they are, from the deploy on until it is stopped', async () => {
    await deploy({ output: 'frames' });
    const box = inbox('out');
    const first = await box.next();
    expect(frameOf(first)).toMatchObject({ kind: 'video', codec: 'h264', keyframe: true, width: 1280, height: 720 });
    expect(first['topic']).toMatch(/^Office\/.*2\/frame$/);
    expect(first.everfocus).toMatchObject({
      operation: 'live',
      nvr: 'Office',
      channel: 2,
      time: expect.any(Date),
      dropped: 0,
    });
    expect(Buffer.isBuffer((await box.next()).payload)).toBe(true);
    const texts = statusTexts('live');
    helper.getNode('live').receive({ payload: 'stop' });
    await until('it to be stopped', () => texts.at(-1) === 'stopped');
    const count = box.messages.length;
    helper.getNode('live').receive({ payload: 'start' });
    await until('frames to go on', () => box.messages.length > count);
    expect(frameOf(box.messages[count] as Message).keyframe).toBe(true);
    await nothingIsLeft();
  });
  it('leaves out what is more than so many a second, and counts it', async () => {
    await deploy({ output: 'frames', fps: '5' });
    const box = inbox('out');
    const dropped = () => Number((box.messages.at(-1)?.everfocus as { dropped?: number } | undefined)?.dropped);
    await until('some to be left out', () => box.messages.length > 1 && dropped() > 0);
    // What is sent can be decoded: a keyframe comes behind whatever was left out.
    expect(frameOf(box.messages.at(-1) as Message).keyframe).toBe(true);
  });

  it('starts by a message, with the camera that it names', async () => {
    await deploy({ camera: '', output: 'keyframes', stream: 'sub' });
    const [box, failures] = [inbox('out'), inbox('caught')];
    helper.getNode('live').receive({ payload: 'start' });
    expect((await failures.next()).error).toMatchObject({ code: 'INVALID_PARAMETER' });
    helper.getNode('live').receive({ payload: 'start', camera: 'camera 3' });
    const message = await box.next();
    expect(message.everfocus).toMatchObject({ channel: 3 });
    expect(frameOf(message)).toMatchObject({ keyframe: true, width: 640 });
    helper.getNode('live').receive({ payload: 'start', camera: 99 });
    expect((await failures.next()).error).toMatchObject({
      code: 'INVALID_PARAMETER',
      message: expect.stringContaining('99'),
    });
    helper.getNode('live').receive({ payload: 'dance' });
    expect((await failures.next()).error).toMatchObject({ code: 'INVALID_PARAMETER' });
  });

  it('takes a picture on demand, and so many a minute by itself', async () => {
    await deploy({ output: 'jpeg', autostart: false });
    const box = inbox('out');
    helper.getNode('live').receive({ payload: 'picture', more: 1 });
    const message = await box.next();
    expect(jpegSize(message.payload as Buffer)?.width).toBe(1280);
    expect(message).toMatchObject({ more: 1, picture: { from: 'feed' }, everfocus: { channel: 2 } });
    expect(message['topic']).toMatch(/\/picture$/);
    await helper.unload();
    await deploy({ output: 'jpeg', perMinute: '60' });
    const timed = inbox('out');
    expect([
      jpegSize((await timed.next()).payload as Buffer),
      jpegSize((await timed.next()).payload as Buffer),
    ]).toEqual([
      ...[
        { width: 1280, height: 720 },
        { width: 1280, height: 720 },
      ],
    ]);
    await nothingIsLeft();
  });

  it('refuses a flood of messages, and takes no picture any more once it is closed', async () => {
    usual().faults.silentLive = true;
    await deploy({});
    const [box, failures] = [inbox('out'), inbox('caught')];
    for (let count = 0; count < limits.flow.commands + 5; count += 1) {
      helper.getNode('live').receive({ payload: count % 2 === 0 ? 'picture' : 'start' });
    }
    const refused = await Promise.all(Array.from({ length: 5 }, () => failures.next()));
    expect(new Set(refused.map(({ error }) => error?.code))).toEqual(new Set(['BUSY']));
    await until('the first to wait for its picture', () => usual().openSockets === 1);
    // Only this node: the NVR's client stays.
    await helper.setFlows([tab, nvrNode(usual()), { ...node, name: 'other' }, out, catcher, caught], 'nodes');
    usual().faults.silentLive = false;
    for (const fresh of [1, 2]) helper.getNode('live').receive({ payload: 'picture', fresh });
    expect([await box.next(), await box.next()]).toMatchObject([{ fresh: 1 }, { fresh: 2 }]);
    expect([box.messages.length, failures.messages.length]).toEqual([2, 5]);
  });

  it('shows the camera of the NVR that a message names, one at a time, until that NVR is another', async () => {
    await using other = await Simulator.start({ cameras: 2 });
    const second = { ...nvrNode(other), id: 'second', name: 'Shop' };
    const chosen = { ...node, nvr: 'msg.nvr', output: 'keyframes', stream: 'sub' };
    const flow = (office: object) => [tab, { ...nvrNode(usual()), ...office }, second, chosen, out, catcher, caught];
    const accounts = () => ({ ...credentials(), second: credentials().nvr });
    await helper.load(palette, flow({}), accounts());
    const [box, texts] = [inbox('out'), statusTexts('live')];
    const live = helper.getNode('live');
    const last = () => box.messages.at(-1) as Message;
    expect(usual().openSockets + other.openSockets).toBe(0);
    live.receive({ payload: 'start', nvr: 'Shop' });
    expect((await box.next()).everfocus).toMatchObject({ nvr: 'Shop', channel: 2 });
    live.receive({ payload: 'picture', nvr: 'Office' });
    await until('the picture', () => last()['topic'] === 'Office/Camera 2/picture');
    live.receive({ payload: 'start', nvr: 'Office' });
    await until('the other NVR', () => last()['topic'] === 'Office/Camera 2/frame');
    const count = box.messages.length;
    await until('some more', () => box.messages.length > count + 1);
    expect(new Set(box.messages.slice(count).map(({ everfocus }) => everfocus?.nvr))).toEqual(new Set(['Office']));
    await helper.setFlows(flow({ name: 'Home' }), 'nodes', accounts());
    await until('it to be stopped', () => texts.at(-1) === 'stopped');
    live.receive({ payload: 'start', nvr: 'Home' });
    await until('it to go on', () => last().everfocus?.nvr === 'Home');
  });

  it('sends segments that are a file together', async () => {
    await deploy({ output: 'mp4', stream: 'sub' });
    const box = inbox('out');
    const messages = [await box.next(), await box.next(), await box.next()];
    expect(messages.map(segmentOf)).toMatchObject([
      { kind: 'start', codec: 'h264', duration: 0 },
      { kind: 'fragment', codec: 'h264' },
      { kind: 'fragment', codec: 'h264' },
    ]);
    const file = Buffer.concat(messages.map(({ payload }) => payload as Buffer));
    const { complaints, packets } = await examine((await machine()).ffmpeg.path, file);
    expect(complaints).toBe('');
    expect(packets.length).toBeGreaterThan(10);
  });

  it('shows how it goes, and what is wrong with its settings', async () => {
    await deploy({ output: 'frames' });
    const texts = statusTexts('live');
    await until('pictures a second', () => texts.some((text) => /^\d+ fps$/.test(text)));
    await helper.unload();
    for (const [wrong, name] of [
      [{ output: 'smoke' }, 'output'],
      [{ stream: 'third' }, 'stream'],
      [{ fps: 'fast' }, 'fps'],
      [{ perMinute: 61 }, 'perMinute'],
      [{ viewers: 0 }, 'viewers'],
      [{ nvr: 'msg.nvr', address: true }, 'address'],
    ] as const) {
      await deploy(wrong);
      expect(logged()).toContain(name);
      await helper.unload();
    }
  });
});

describe('its address for browsers', () => {
  const viewers = async (path: string, fragments: number) => {
    const answer = await browse(path);
    await until('some seconds of video', () => boxes(wholeBoxes(answer.bytes())).length > 2 * fragments);
    return answer;
  };

  it('is H.264 as it comes, without ffmpeg, until the viewer leaves', async () => {
    await deploy({ address: true });
    const answer = await viewers('/everfocus/live/2/live.mp4', 20);
    expect(answer.headers).toMatchObject({
      ...{ 'content-type': 'video/mp4', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-site' },
    });
    const { ffmpeg } = await machine();
    expect(ffmpeg.children.running).toBe(0);
    const { complaints, streams, packets } = await examine(ffmpeg.path, wholeBoxes(answer.bytes()));
    expect(complaints).toBe('');
    expect(streams).toEqual([expect.stringMatching(/h264.*avc1.*1280x720/)]);
    expect(packets.length).toBeGreaterThanOrEqual(19);
    const small = await viewers('/everfocus/live/camera%202/live.mp4?stream=sub', 2);
    expect(usual().openSockets).toBe(2);
    answer.leave();
    small.leave();
    await nothingIsLeft();
  });

  it('is H.264 made of H.265 by one process for all, or H.265 where the browser takes it', async () => {
    await using simulator = await Simulator.start({ codec: 'h265' } satisfies SimulatorOptions);
    await deploy({ address: true, stream: 'sub' }, simulator);
    const { ffmpeg } = await machine();
    const hevc = await viewers('/everfocus/live/2/live.mp4?codec=hevc', 5);
    expect(wholeBoxes(hevc.bytes()).includes('hvc1')).toBe(true);
    expect(ffmpeg.children.running).toBe(0);
    const two = await Promise.all([
      viewers('/everfocus/live/2/live.mp4', 15),
      viewers('/everfocus/live/2/live.mp4', 15),
    ]);
    expect(ffmpeg.children.running).toBe(1);
    for (const answer of two) {
      const { complaints, streams } = await examine(ffmpeg.path, wholeBoxes(answer.bytes()));
      expect([complaints, streams]).toEqual(['', [expect.stringMatching(/h264.*avc1.*640x360/)]]);
      answer.leave();
    }
    await until('the process to end', () => ffmpeg.children.running === 0);
    hevc.leave();
    await nothingIsLeft(simulator);
  });

  it('is pictures one after the other, or one', async () => {
    await deploy({ address: true, stream: 'sub', camera: '' });
    const answer = await browse('/everfocus/live/3/live.mjpeg');
    expect(answer.headers['content-type']).toBe('multipart/x-mixed-replace; boundary=everfocus');
    await until('some pictures', () => jpegsIn(answer.bytes()).length >= 3);
    for (const jpeg of jpegsIn(answer.bytes())) expect(jpegSize(jpeg)).toEqual({ width: 640, height: 360 });
    answer.leave();
    const picture = await browse('/everfocus/live/1/picture.jpg?width=320');
    await picture.ended;
    expect([picture.headers['content-type'], jpegSize(picture.bytes())]).toEqual([
      ...['image/jpeg', { width: 320, height: 180 }],
    ]);
    await nothingIsLeft();
  });

  it('has so many viewers at a time, and says so to more', async () => {
    await deploy({ address: true, viewers: '1' });
    const first = await viewers('/everfocus/live/2/live.mp4', 1);
    const second = await browse('/everfocus/live/2/live.mp4');
    expect([second.status, second.headers['retry-after']]).toEqual([503, '5']);
    await second.ended;
    expect(JSON.parse(second.bytes().toString())).toMatchObject({ code: 'BUSY' });
    first.leave();
    await until('the place to be free', async () => {
      const next = await browse('/everfocus/live/2/live.mp4');
      next.leave();
      return next.status === 200;
    });
  });

  it.each([
    ['/everfocus/other/2/live.mp4', 404],
    ['/everfocus/live/3/live.mp4', 400],
    ['/everfocus/live/99/live.mp4', 400],
    ['/everfocus/live/2/live.mp4?stream=third', 400],
    ['/everfocus/live/2/picture.jpg?width=1e9', 400],
    ['/everfocus/live/2/other.mp4', 404],
  ])('answers %s with %d', async (path, status) => {
    await deploy({ address: true });
    expect((await browse(path)).status).toBe(status);
  });

  it('is none where the node shows none', async () => {
    await deploy({ address: false });
    expect((await browse('/everfocus/live/2/live.mp4')).status).toBe(404);
  });

  it('is behind the middleware of HTTP nodes', async () => {
    const httpNodeMiddleware = (_: unknown, response: Response) => void response.status(401).end();
    await deploy({ address: true }, usual(), { httpNodeMiddleware });
    expect((await browse('/everfocus/live/2/live.mp4')).status).toBe(401);
    expect((await browse('/everfocus/live/2/picture.jpg')).status).toBe(401);
    expect(usual().openSockets).toBe(0);
  });

  it('keeps no place for a viewer that left while the middleware thought about it', async () => {
    let asked = 0;
    const httpNodeMiddleware = (_: unknown, response: Response, next: () => void) => {
      asked += 1;
      if (asked > 1) return next();
      response.once('close', () => next());
      response.socket?.destroy();
    };
    await deploy({ address: true, viewers: '1' }, usual(), { httpNodeMiddleware });
    await expect(browse('/everfocus/live/2/live.mp4')).rejects.toThrow('socket hang up');
    const answer = await browse('/everfocus/live/2/live.mp4');
    expect(answer.status).toBe(200);
    answer.leave();
  });

  it('ends with a deploy, whoever watches, and leaves nothing', async () => {
    await deploy({ address: true, camera: '', stream: 'sub' });
    const answers = await Promise.all([
      viewers('/everfocus/live/1/live.mp4', 1),
      browse('/everfocus/live/2/live.mjpeg'),
    ]);
    await nothingIsLeft();
    await Promise.all(answers.map(({ ended }) => ended));
    expect((await browse('/everfocus/live/1/live.mp4')).status).toBe(404);
  });

  it('is watched by sixteen at once, each camera fetched from the NVR once', async () => {
    await deploy({ address: true, stream: 'sub', camera: '' });
    const paths = Array.from({ length: 16 }, (_, index) => `/everfocus/live/${(index % 4) + 1}/live.mp4`);
    const answers = await Promise.all(paths.map((path) => viewers(path, 20)));
    // Four streams, and nothing else; no process either.
    expect(usual().openSockets).toBe(4);
    expect((await machine()).ffmpeg.children.running).toBe(0);
    for (const answer of answers) answer.leave();
    await nothingIsLeft();
  });

  it('leaves nothing of a hundred deploys under load', async () => {
    const flow = [tab, nvrNode(usual()), { ...node, address: true, camera: '', stream: 'sub', output: 'frames' }, out];
    const timed = { ...node, id: 'timed', output: 'jpeg', perMinute: '60' };
    const event = { ...node, id: 'event', type: 'everfocus-camera-event', kinds: 'motion', picture: 'picture' };
    await deploy({ address: true });
    await helper.unload();
    await until('no socket to be open', () => usual().openSockets === 0);
    const resourcesAreFree = resourcesNow();
    await helper.load([httpRoot(), ...palette], [...flow, timed, event], credentials());
    for (let deploys = 0; deploys < 100; deploys++) {
      for (const file of ['live.mp4', 'live.mjpeg', 'picture.jpg']) {
        browse(`/everfocus/live/${(deploys % 4) + 1}/${file}`).catch(() => undefined);
      }
      if (deploys % 20 === 0) await viewers('/everfocus/live/1/live.mp4', 1);
      usual().throwEvent({ channel: 1, type: 'Motion', state: deploys % 2 === 0 ? 'active' : 'inactive' });
      const changed = [...flow, timed, { ...event, gap: String(deploys) }];
      await helper.setFlows(changed, 'full', credentials());
    }
    await nothingIsLeft();
    closeRoot();
    await until('no timer, socket or process to be left', resourcesAreFree);
  }, 120_000);
});

describe('what a live node reads', () => {
  it.each<[unknown, string]>([
    ['start', 'start'],
    [' STOP ', 'stop'],
    [true, 'start'],
    [false, 'stop'],
    ['on', 'start'],
    ['off', 'stop'],
    ['picture', 'picture'],
  ])('takes %p for %s', (payload, command) => {
    expect(commandOf(payload)).toBe(command);
  });

  it.each([undefined, null, '', 1, {}, 'dance'])('refuses %p', (payload) => {
    expect(() => commandOf(payload)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
  });

  it('has settings that may be left out', () => {
    expect(outputSettings({})).toEqual({ output: '', fps: undefined, perMinute: 0, sound: false });
    expect(outputSettings({ output: 'frames', fps: '2.5', perMinute: '', sound: true })).toMatchObject({ fps: 2.5 });
  });

  it('finds the pictures in what ffmpeg writes, however it is cut', () => {
    const written = Buffer.from('--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: 3\r\n\r\nabc\r\n'.repeat(2));
    const read = jpegReader();
    expect([...written].flatMap((byte) => read(Buffer.from([byte]))).map(String)).toEqual(['abc', 'abc']);
    expect(() => jpegReader()(Buffer.alloc(2000, 'x'))).toThrow('no picture');
    expect(() => jpegReader()(Buffer.from('Content-length: 99999999999\r\n\r\n'))).toThrow('no length');
  });
});
