import { describe, expect, it } from '@jest/globals';
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kindOf, topicOf } from '../../src/node-red/message-names.js';
import { Gap, readWanted, StatusChanges, type WantedConfig } from '../../src/node-red/nodes/camera-event/wanted.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from '../simulator/visitor.js';
import { credentials, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { deploy, logged, motion, out, statusTexts, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const node = {
  ...{ id: 'events', type: 'everfocus-camera-event', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] },
  ...{ kinds: 'motion', version: 1 },
};
const heard = () => until(() => simulator().openSockets > 0);

/** What a message says of its event. */
interface CameraEvent {
  readonly kind: string;
  readonly active: boolean;
  readonly channel?: number;
  readonly camera?: string;
}
const of = ({ payload }: { payload: unknown }) => payload as CameraEvent;
const isEnd = (message: { payload: unknown }) => !Buffer.isBuffer(message.payload) && !of(message).active;
const picture = (value: unknown) => Buffer.isBuffer(value) && value.toString('hex', 0, 2) === 'ffd8';

/** The names of its cameras are known to the node. */
async function named(): Promise<void> {
  await until(() => simulator().requests.some(({ path }) => path === '/device/cameraList'));
  await heard();
}

describe('a camera event node', () => {
  it('sends camera, kind, time and topic, and what concerns others to nobody', async () => {
    await deploy(simulator(), { ...node, cameras: '2' });
    const box = inbox('out');
    await named();
    simulator().throwEvent({ ...motion, channel: 1 });
    simulator().throwEvent({ ...motion, type: 'InputAlarm' });
    simulator().throwEvent(motion);
    simulator().throwEvent({ ...motion, state: 'inactive' });
    const [begin, end] = [await box.next(), await box.next()];
    const camera = of(begin).camera ?? '';
    expect(camera).toMatch(/\D/);
    expect(begin.payload).toEqual({ kind: 'motion', active: true, channel: 2, camera, time: expect.any(Date) });
    expect(begin['topic']).toBe(`Office/${camera}/motion`);
    expect(begin.everfocus).toMatchObject({ operation: 'cameraEvent', nvr: 'Office', channel: 2, camera });
    expect(of(end).active).toBe(false);
    expect(box.messages).toHaveLength(2);
  });

  it('knows cameras by name, and sends begins only where so set', async () => {
    await deploy(simulator(), { ...node, cameras: 'camera 3', state: 'active' });
    const box = inbox('out');
    await named();
    simulator().throwEvent(motion);
    simulator().throwEvent({ ...motion, channel: 3 });
    simulator().throwEvent({ ...motion, channel: 3, state: 'inactive' });
    simulator().throwEvent({ ...motion, channel: 4 });
    simulator().throwEvent({ ...motion, channel: 3 });
    expect([of(await box.next()), of(await box.next())]).toMatchObject([
      { channel: 3, active: true },
      { channel: 3, active: true },
    ]);
  });

  it('attaches a picture of that moment, to the message or in place of its payload', async () => {
    await deploy(simulator(), { ...node, picture: 'picture' }, { ...node, id: 'other', picture: 'payload' });
    const box = inbox('out');
    await named();
    simulator().throwEvent(motion);
    simulator().throwEvent({ ...motion, state: 'inactive' });
    const messages = [await box.next(), await box.next(), await box.next(), await box.next()];
    expect(messages.filter((message) => picture(message['picture'])).map(of)).toMatchObject([{ active: true }]);
    expect(messages.filter(({ payload }) => picture(payload)).map(({ event }) => event)).toMatchObject([
      { kind: 'motion', active: true, channel: 2 },
    ]);
    // The end comes behind the begin, which waited for its picture.
    expect(messages.filter(({ payload }) => isEnd({ payload }))).toHaveLength(2);
    expect(messages.map(isEnd).indexOf(true)).toBeGreaterThan(0);
  });

  it('has its picture out of the live stream, which is open only where one is wanted', async () => {
    await deploy(simulator(), { ...node, cameras: '2' });
    await named();
    expect(simulator().openSockets).toBe(1);
    await helper.unload();
    await deploy(simulator(), { ...node, cameras: '2', picture: 'picture' });
    const box = inbox('out');
    await named();
    await until(() => simulator().openSockets === 2);
    simulator().throwEvent(motion);
    const message = await box.next();
    const about = { from: 'feed', taken: expect.any(Date), width: 1280, height: 720 };
    expect(message.everfocus).toMatchObject({ picture: about });
    expect(picture(message['picture'])).toBe(true);
    expect(simulator().requests.map(({ path }) => path)).not.toContain('/device/getSnapshot');
  });

  it('saves its picture as a file where one is wanted', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'event-pictures-'));
    const folder = join(root.path, 'gate');
    await deploy(simulator(), { ...node, cameras: '2', picture: 'file', folder });
    const box = inbox('out');
    await named();
    simulator().throwEvent(motion);
    const message = await box.next();
    expect(of(message).kind).toBe('motion');
    const file = await readFile(String(message['filename']));
    expect(file).toEqual(message['picture']);
    expect(await readdir(folder)).toEqual([expect.stringMatching(/_motion\.jpg$/)]);
  });

  it('sends the clip of what is over, behind it, or why there is none', async () => {
    await deploy(simulator(), { ...node, cameras: '2', state: 'active', clip: 'buffer', clipAround: '0' });
    const [box, failures] = [inbox('out'), inbox('caught')];
    await named();
    simulator().throwEvent(motion);
    simulator().throwEvent({ ...motion, state: 'inactive' });
    expect(of(await box.next())).toMatchObject({ kind: 'motion', active: true });
    // An instant of which nothing is recorded is told as well.
    const message = await Promise.race([box.next(), failures.next()]);
    expect(message['topic']).toMatch(/^Office\/.+\/clip$/);
    expect(message['event']).toMatchObject({
      kind: 'motion',
      channel: 2,
      begin: expect.any(Date),
      end: expect.any(Date),
    });
    expect(message.everfocus).toMatchObject({ operation: 'eventClip', nvr: 'Office', channel: 2 });
    expect(box.messages.map(isEnd).filter(Boolean)).toEqual([]);
  });

  it('listens to every NVR that is deployed, also to one that comes later', async () => {
    await using second = await Simulator.start();
    const other = { ...nvrNode(second), id: 'nvr2', name: 'Shed' };
    const flow = [tab, nvrNode(simulator()), { ...node, nvr: '*' }, out];
    await helper.load(palette, flow, credentials());
    const box = inbox('out');
    const texts = statusTexts('events');
    await named();
    simulator().throwEvent(motion);
    expect((await box.next())['topic']).toMatch(/^Office\//);
    // Of the flow only what is new is started.
    await helper.setFlows([...flow, { ...other, credentials: credentials().nvr }], 'nodes');
    await until(() => second.openSockets > 0 && texts.at(-1) === '2 of 2');
    second.throwEvent(motion);
    expect((await box.next())['topic']).toMatch(/^Shed\//);
    await helper.setFlows(flow, 'nodes');
    await until(() => second.openSockets === 0);
    simulator().throwEvent({ ...motion, channel: 3 });
    expect((await box.next())['topic']).toMatch(/^Office\//);
  });

  it('comes without a picture where none can be had, and says why', async () => {
    // A camera that is off line has no stream either.
    const visitor = await Visitor.loggedIn(simulator());
    const { json } = await visitor.post('/device/updateCamera?ChannelID=2', { Enable: false });
    expect(json).toMatchObject({ Result: 'OK' });
    await deploy(simulator(), { ...node, picture: 'picture' });
    const box = inbox('out');
    await named();
    simulator().faults.errorReplies = true;
    simulator().throwEvent(motion);
    const message = await box.next();
    expect({ picture: message['picture'], event: of(message).kind }).toEqual({ picture: undefined, event: 'motion' });
    expect(logged()).toContain('no picture: NVR_REFUSED');
  });

  it('tells at deploy what is so already, where asked', async () => {
    await deploy(simulator(), { ...node, kinds: 'motion, online', cameras: '1', initial: true });
    const box = inbox('out');
    const first = [await box.next(), await box.next()];
    expect(first.map(of)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'motion', active: false, channel: 1 }),
        expect.objectContaining({ kind: 'online', active: true, channel: 1 }),
      ]),
    );
    expect(first.map(({ everfocus }) => everfocus?.first)).toEqual([true, true]);
  });

  it('tells when the NVR is lost and found, where asked', async () => {
    await deploy(simulator(), { ...node, connection: true });
    const box = inbox('out');
    await named();
    await simulator().restart();
    const both = [await box.next(), await box.next()];
    expect(both.map((message) => [message['topic'], of(message).active])).toEqual([
      ['Office/connection', false],
      ['Office/connection', true],
    ]);
  });

  const recorded = (visitor: Visitor, on: boolean) =>
    visitor.post('/device/setRecordSettings', {
      settings: [{ channel: '2', setting: { enable: on ? '1' : '0', streamType: '2', enablePreRecord: '0' } }],
    });
  const plugged = (visitor: Visitor, on: boolean) => visitor.post('/device/updateCamera?ChannelID=2', { Enable: on });
  const blind = (on: boolean) =>
    simulator().throwEvent({ channel: 2, type: 'VideoLoss', state: on ? 'active' : 'inactive' });

  it.each<[string, readonly boolean[], (visitor: Visitor, now: boolean) => unknown]>([
    ['online', [true, false, true], plugged],
    ['recording', [true, false, true], recorded],
    ['videoLoss', [false, true, false], (_, now) => blind(now)],
  ])('tells of a camera: %s', async (kind, course, change) => {
    await deploy(simulator(), { ...node, kinds: kind, cameras: '2', initial: true });
    const box = inbox('out');
    await named();
    const visitor = await Visitor.loggedIn(simulator());
    for (const [index, active] of course.entries()) {
      if (index > 0) await change(visitor, active);
      const message = await box.next();
      expect(of(message)).toMatchObject({ kind, active, channel: 2, camera: 'Camera 2' });
      expect([message['topic'], message.everfocus?.first === true]).toEqual([`Office/Camera 2/${kind}`, index === 0]);
    }
    expect(box.messages).toHaveLength(course.length);
  });

  it('says what is wrong with its settings', async () => {
    await deploy(simulator(), { ...node, state: 'maybe' });
    expect(logged()).toContain("'maybe' is neither active nor inactive");
    expect(helper.getNode('events')).toBeDefined();
  });
});

describe('what a camera event node wants', () => {
  it.each<[string, object, object]>([
    ['everything', {}, { status: new Set(['online', 'recording']) }],
    ['nothing but kinds of status', { kinds: 'online' }, { types: [], status: new Set(['online']) }],
    ['kinds in any case', { kinds: 'ONLINE, Motion' }, { types: ['Motion'], status: new Set(['online']) }],
    ['kinds and types', { kinds: 'motion, FaceDetection' }, { types: ['Motion', 'FaceDetection'], status: new Set() }],
    [
      'cameras by number and name',
      { cameras: '1, Gate', kinds: 'motion', state: 'inactive' },
      { channels: new Set([1]), names: new Set(['gate']), types: ['Motion'], status: new Set(), active: false },
    ],
  ])('%s', (_, config, wanted) => {
    expect(readWanted(config)).toEqual(wanted);
  });

  // A flow made by hand may hold anything.
  it.each([
    ['cameras', { cameras: 3 }],
    ['cameras', { cameras: null }],
    ['kinds', { kinds: ['motion'] }],
    ['state', { state: null }],
  ])('%s that are no text are an error with a code', (path, config) => {
    expect(() => readWanted(config as unknown as WantedConfig)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });

  it.each([
    ['motion', 'motion'],
    ['INPUTALARM', 'input'],
    ['Tag', 'Tag'],
  ])('calls %s %s', (type, kind) => {
    expect(kindOf(type)).toBe(kind);
  });

  it('is told of a status once, and of nothing that is not known', () => {
    const changes = new StatusChanges();
    const told = [{ online: true }, { online: true }, undefined, { online: true, recording: false }, { online: false }];
    expect(
      told.map((camera) => changes.of({ kind: 'camera', channel: 1, camera: camera && { channel: 1, ...camera } })),
    ).toEqual([
      [{ kind: 'online', active: true, first: true }],
      [],
      [],
      [{ kind: 'recording', active: false, first: true }],
      [{ kind: 'online', active: false, first: false }],
    ]);
  });

  it('has one begin in a while, and no end of what did not begin', () => {
    const gap = new Gap(10_000);
    const story = [
      [true, 0],
      [false, 1000],
      [true, 2000],
      [false, 3000],
      [true, 10_000],
      [false, 11_000],
    ] as const;
    expect(story.map(([active, now]) => gap.passes('1 motion', active, now))).toEqual([
      ...[true, true, false, false, true, true],
    ]);
    expect(gap.passes('2 motion', true, 2000)).toBe(true);
  });

  it('remembers so many begins, however many kinds an NVR invents', () => {
    const gap = new Gap(3_600_000);
    const passes = (kind: number, now: number) => gap.passes(`1 ${kind}`, true, now);
    for (let kind = 0; kind < 1024; kind++) passes(kind, kind);
    expect(passes(0, 2000)).toBe(false);
    expect(passes(1024, 2000)).toBe(true);
    // The oldest is forgotten for it, and no other.
    expect(passes(1, 2000)).toBe(false);
    expect(passes(0, 2000)).toBe(true);
  });

  it('makes a topic of names that hold anything', () => {
    expect(topicOf('House', 'Gate/left #1+', 'motion')).toBe('House/Gate_left _1_/motion');
  });
});
