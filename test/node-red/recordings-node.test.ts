import { describe, expect, it } from '@jest/globals';
import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { NodeAPI } from 'node-red';
import { credentials, helper, inbox, type Message, nvrNode, palette, until } from './support/palette.js';
import { recordedTime } from '../simulator/recorded.js';
import { caught, deploy, logged, out, statusTexts, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const node = {
  ...{ id: 'rec', type: 'everfocus-recordings', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] },
  ...{ operation: 'findEvents', params: {}, output: 'payload', version: 1 },
};
const row = (value: string) => ({ type: 'literal', value });
const rows = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, row(value)]));
const payload = { type: 'msg', value: 'payload' };

interface Found {
  readonly channel: number;
  readonly camera: string;
  readonly kind: string;
  readonly from: Date;
  readonly to: Date;
  readonly recordedFrom: Date;
  readonly seconds: number;
}
const listOf = ({ payload }: Message) => payload as readonly Found[];

/** What a message brings to a node that does so. */
async function answer(operation: string, params: Record<string, unknown>, message: object = {}): Promise<Message> {
  await deploy(simulator(), { ...node, operation, params });
  const box = inbox('out');
  helper.getNode('rec').receive(message);
  return box.next();
}

describe('a recordings node that searches', () => {
  it('finds the events of a camera by its name, each with its recording', async () => {
    const params = rows({ from: '-6h', cameras: 'camera 2', kinds: 'motion' });
    const message = await answer('findEvents', params, { topic: 'T' });
    const events = listOf(message);
    expect(events.length).toBeGreaterThan(5);
    expect(events[0]).toMatchObject({ channel: 2, camera: 'Camera 2', kind: 'motion', type: 'Motion' });
    expect(events.every(({ from, recordedFrom }) => recordedFrom < from)).toBe(true);
    expect(message).toMatchObject({
      topic: 'T',
      everfocus: {
        operation: 'findEvents',
        nvr: 'Office',
        complete: true,
        from: expect.any(Date),
        to: expect.any(Date),
      },
    });
  });

  it('takes a day as that of the NVR, and times that a message brings as a Date', async () => {
    const message = await answer('findEvents', rows({ from: 'yesterday' }));
    const { from, to } = message.everfocus as unknown as Found;
    // UTC+8.
    expect([from, to].map((time) => time.toISOString().slice(11))).toEqual(Array(2).fill('16:00:00.000Z'));
    expect(to.getTime() - from.getTime()).toBe(86_400_000);
    expect(listOf(message).every((event) => event.from >= from && event.from < to)).toBe(true);
    helper.getNode('rec').receive({});
    await helper.unload();
    const since = new Date(Date.now() - 3_600_000);
    const other = await answer('recordMap', { from: payload, cameras: row('1') }, { payload: since });
    expect(other.everfocus).toMatchObject({ from: since });
  });

  it('shows when a camera was recorded, and the gaps in between', async () => {
    const recorded = listOf(await answer('recordMap', rows({ from: '-7h', to: '-1h', cameras: '1' })));
    await helper.unload();
    const gaps = listOf(await answer('recordMap', rows({ from: '-7h', to: '-1h', cameras: '1', show: 'gaps' })));
    const seconds = (list: readonly Found[]) => list.reduce((sum, one) => sum + one.seconds, 0);
    expect(gaps.length).toBeGreaterThan(0);
    expect(seconds(recorded) + seconds(gaps)).toBeCloseTo(6 * 3600, -2);
    expect(gaps[0]).toMatchObject({ channel: 1, camera: 'Camera 1', from: expect.any(Date) });
  });

  it('finds metadata and log entries', async () => {
    await deploy(
      simulator(),
      { ...node, operation: 'findMetadata', params: rows({ from: '-1min', to: '+2min' }) },
      { ...node, id: 'log', operation: 'findLogs', params: rows({ from: '-1h', limit: '1' }) },
    );
    const box = inbox('out');
    simulator().throwMeta({ channel: 3, type: 'manualStart', data: 'active' });
    helper.getNode('rec').receive({});
    expect(listOf(await box.next())).toMatchObject([{ channel: 3, camera: 'Camera 3', type: 'manualStart' }]);
    simulator().throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    helper.getNode('log').receive({});
    expect(listOf(await box.next()).length).toBeLessThanOrEqual(1);
  });

  it.each([
    ['findEvents', {}, 'from'],
    ['findEvents', { from: 'soon' }, 'from'],
    ['findEvents', { from: '-1h', to: '-2h' }, 'to'],
    ['recordMap', { from: '-1h', show: 'all' }, 'show'],
    ['findLogs', { from: '-1h', limit: '0' }, 'limit'],
    ['getClip', { from: '-1h', as: 'file', camera: '1' }, 'file'],
    ['getClip', { from: '-1h' }, 'camera'],
    ['playRecording', { from: '-1h', fps: '0' }, 'fps'],
  ])('%s refuses %j before anything is sent', async (operation, params, path) => {
    await deploy(simulator(), { ...node, operation, params: rows(params) });
    const errors = inbox('caught');
    helper.getNode('rec').receive({});
    const { error } = await errors.next();
    expect(error).toMatchObject({ code: 'INVALID_PARAMETER', message: expect.stringContaining(path) });
    expect(simulator().requests.filter(({ path: asked }) => asked.startsWith('/record/'))).toEqual([]);
  });
});

describe('a recordings node that fetches a clip', () => {
  const event = () => ({ channel: 2, camera: 'Gate', kind: 'motion', recordedFrom: recordedTime(2) });

  it.each(['avi', 'mp4'])(
    'saves that of the first event of a list as %s, and tells how much has come',
    async (format) => {
      await using folder = await mkdtempDisposable(join(tmpdir(), 'clips-'));
      const file = join(folder.path, `gate.${format}`);
      const found = event();
      const recordedTo = new Date(found.recordedFrom.getTime() + 60_000).toISOString();
      const first = { ...found, recordedTo, bytes: 1e9 };
      const params = { event: payload, file: row(file), progress: row('true') };
      await deploy(simulator(), { ...node, operation: 'getClip', params });
      const box = inbox('out');
      const statuses = statusTexts('rec');
      helper.getNode('rec').receive({ payload: [first, { channel: 3 }], topic: 'T' });
      const progress = await box.next();
      expect(progress).toMatchObject({
        topic: 'Office/Gate/progress',
        payload: { bytes: expect.any(Number), percent: 0 },
        everfocus: { operation: 'getClip', channel: 2, camera: 'Gate', progress: true },
      });
      let message = await box.next();
      while (message.everfocus && 'progress' in message.everfocus) message = await box.next();
      const bytes = (await readFile(file)).length;
      expect(message).toMatchObject({
        topic: 'T',
        payload: { file, format, channel: 2, from: first.recordedFrom, bytes },
        everfocus: { operation: 'getClip', channel: 2, camera: 'Gate' },
      });
      expect(await readdir(folder.path)).toEqual([`gate.${format}`]);
      expect(statuses).toContain('0 %');
      expect(statuses.at(-1)).toBe('');
    },
  );

  it.each(['mp4', 'avi'])('saves %s in the folder of file nodes where it is no full path', async (format) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clips-'));
    const settings = (RED: NodeAPI) => void Object.assign(RED.settings, { fileWorkingDirectory: folder.path });
    const params = rows({ camera: '2', from: recordedTime(2).toISOString(), to: '+2s', file: `gate.${format}` });
    const rec = { ...node, operation: 'getClip', params };
    await helper.load([settings, ...palette], [tab, nvrNode(simulator()), rec, out], credentials());
    const box = inbox('out');
    helper.getNode('rec').receive({});
    expect((await box.next()).payload).toMatchObject({ file: join(folder.path, `gate.${format}`), format });
    expect(await readdir(folder.path)).toEqual([`gate.${format}`]);
  });

  it.each(['buffer', 'stream'])('tells how much of an AVI has come where it is a %s', async (as) => {
    const params = rows({
      camera: '2',
      from: recordedTime(2).toISOString(),
      to: '+60s',
      format: 'avi',
      as,
      progress: 'true',
    });
    await deploy(simulator(), { ...node, operation: 'getClip', params });
    const [box, statuses] = [inbox('out'), statusTexts('rec')];
    helper.getNode('rec').receive({});
    const messages = [await box.next(), await box.next()];
    const stream = messages.find(({ payload }) => payload instanceof Readable)?.payload as Readable | undefined;
    await stream?.toArray();
    expect(messages.some(({ everfocus }) => everfocus && 'progress' in everfocus)).toBe(true);
    expect(statuses).toContainEqual(expect.stringMatching(/MiB$/));
    await until(() => statuses.at(-1) === '');
  });

  it('makes MP4 of it, as a Buffer', async () => {
    const params = {
      ...rows({ camera: 'Camera 2', from: recordedTime(2).toISOString(), to: '+5s', format: 'mp4' }),
      event: payload,
    };
    const { payload: clip, everfocus } = await answer('getClip', params, { payload: Date.now() });
    expect((clip as Buffer).toString('latin1', 4, 8)).toBe('ftyp');
    expect(everfocus).toMatchObject({ channel: 2, camera: 'Camera 2', format: 'mp4' });
  });

  it('hands on a stream, which ends with the node', async () => {
    const params = rows({ camera: '1', from: '-25h', to: '-1h', format: 'avi', as: 'stream' });
    const { payload: stream } = (await answer('getClip', params)) as { payload: unknown } as { payload: Readable };
    const failed = new Promise((resolve) => stream.once('error', resolve));
    const chunk = await new Promise<Buffer>((resolve) => stream.once('data', resolve));
    expect(chunk.toString('latin1', 0, 4)).toBe('RIFF');
    await helper.unload();
    expect(await failed).toMatchObject({ code: 'CLOSED' });
  });

  it('leaves nothing of a download that breaks off, and what stood there before', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clips-'));
    const file = join(folder.path, 'day.avi');
    await writeFile(file, 'older');
    const params = rows({ camera: '1', from: '-25h', to: '-1h', file, progress: 'true' });
    await deploy(simulator(), { ...node, operation: 'getClip', params });
    const [box, errors] = [inbox('out'), inbox('caught')];
    helper.getNode('rec').receive({});
    await box.next();
    expect((await readdir(folder.path)).length).toBe(2);
    await simulator().restart();
    expect((await errors.next()).error).toMatchObject({ code: 'NVR_UNREACHABLE' });
    expect(await readdir(folder.path)).toEqual(['day.avi']);
    expect(await readFile(file, 'utf8')).toBe('older');
  });

  it('that a deploy interrupts leaves nothing, and is no error', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clips-'));
    const params = rows({ camera: '1', from: '-25h', to: '-1h', file: join(folder.path, 'day.avi'), progress: 'true' });
    await deploy(simulator(), { ...node, operation: 'getClip', params });
    const box = inbox('out');
    helper.getNode('rec').receive({});
    await box.next();
    await helper.unload();
    await until(async () => (await readdir(folder.path)).length === 0);
    expect(logged()).not.toContain('CLOSED');
  });
});

describe('a recordings node that plays', () => {
  interface Playing {
    readonly state: string;
    readonly speed: number;
    readonly time?: Date;
    readonly frames: number;
    readonly dropped: number;
  }
  const start = async (more: Record<string, string> = {}) => {
    const params = { ...rows({ from: recordedTime(2).toISOString(), camera: '2', ...more }), command: payload };
    await deploy(simulator(), { ...node, operation: 'playRecording', params });
    const box = inbox('out');
    const tell = (payload: unknown) => helper.getNode('rec').receive({ payload });
    tell(Date.now());
    /** The next report of the playback that says so. */
    const state = async (wanted: string): Promise<Message> => {
      for (;;) {
        const message = await box.next();
        if (!Buffer.isBuffer(message.payload) && (message.payload as Playing).state === wanted) return message;
      }
    };
    const frame = async (): Promise<Message> => {
      for (;;) {
        const message = await box.next();
        if (Buffer.isBuffer(message.payload)) return message;
      }
    };
    return { box, tell, state, frame };
  };
  const timeOf = ({ everfocus }: Message) => (everfocus as unknown as { time: Date }).time.getTime();

  it('sends frames, each with what it is and when it was', async () => {
    const { state, frame } = await start();
    const reply = await state('playing');
    expect(reply.everfocus).toMatchObject({ operation: 'playRecording', channel: 2, command: 'start' });
    const first = await frame();
    const { from, to } = reply.everfocus as unknown as Found;
    expect(to.getTime() - from.getTime()).toBe(60_000);
    expect(first).toMatchObject({
      topic: 'Office/Camera 2/frame',
      frame: { kind: 'video', codec: 'h264', keyframe: true, width: 1280, height: 720, time: expect.any(Date) },
      everfocus: { operation: 'playRecording', nvr: 'Office', channel: 2 },
    });
    expect(Math.abs(timeOf(first) - from.getTime())).toBeLessThan(11_000);
    expect((first.payload as Buffer).toString('hex', 0, 4)).toBe('00000001');
    const second = await frame();
    expect(timeOf(second)).toBeGreaterThan(timeOf(first));
  });

  it('ends where it was asked to, and says so', async () => {
    const statuses: Promise<string[]> = start({ to: '+1s' }).then(async ({ state }) => {
      const texts = statusTexts('rec');
      const { payload, topic } = (await state('ended')) as { payload: unknown; topic: string };
      expect(topic).toBe('Office/Camera 2/playback');
      expect((payload as Playing).frames).toBeGreaterThan(0);
      return texts;
    });
    expect((await statuses).at(-1)).toBe('');
    await until(() => simulator().openSockets === 0);
  });

  it('is paused, stepped, sought, wound and stopped by messages', async () => {
    const { tell, state, frame, box } = await start({ to: '+29min' });
    await frame();
    await frame();
    tell('pause');
    await state('paused');
    tell('step');
    const before = await state('paused');
    expect((before.payload as Playing).frames).toBeGreaterThan(1);
    // Well before the end, at which it would be over, wherever both are put beside a gap.
    const time = recordedTime(2, 1470);
    tell({ command: 'seek', time });
    const sought = await state('paused');
    expect(sought.everfocus).toMatchObject({ command: 'seek' });
    await until(() => box.messages.some((message) => Math.abs(timeOf(message) - time.getTime()) < 11_000));
    tell('speed 4');
    expect(((await state('playing')).payload as Playing).speed).toBe(4);
    tell('backward');
    expect(((await state('playing')).payload as Playing).speed).toBe(-1);
    tell(false);
    await state('ended');
    await until(() => simulator().openSockets === 0);
    expect(simulator().refused).toEqual([]);
  });

  it('sends so many pictures a second at most, and counts the others', async () => {
    const { state } = await start({ fps: '1', report: '0.1', to: '+3s' });
    const { frames, dropped } = (await state('ended')).payload as Playing;
    expect(frames).toBeLessThan(5);
    expect(dropped).toBeGreaterThan(10);
  });

  it('is replaced by the next, and ends with the node', async () => {
    const { tell, frame } = await start({ to: '+20min' });
    await frame();
    tell(0);
    await frame();
    await until(() => simulator().openSockets === 1);
    await helper.unload();
    await until(() => simulator().openSockets === 0);
    expect(logged()).not.toMatch(/CLOSED|unhandled/);
  });

  it.each([
    ['an unknown word', 'dance', 'none of start'],
    ['a speed that there is not', 'speed 3', 'speed'],
    ['a command with nothing played', 'pause', 'nothing is played'],
  ])('refuses %s', async (_name, command, words) => {
    await deploy(simulator(), {
      ...node,
      operation: 'playRecording',
      params: { ...rows({ from: '-30min' }), command: payload },
    });
    const errors = inbox(caught.id);
    helper.getNode('rec').receive({ payload: command });
    expect((await errors.next()).error).toMatchObject({
      code: 'INVALID_PARAMETER',
      message: expect.stringContaining(words),
    });
  });
});
