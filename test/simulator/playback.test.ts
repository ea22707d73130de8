import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { decodeMarks, readFrame, type WireFrame } from './decode.js';
import { type OpenSocket, Visitor } from './visitor.js';

/** s; a full ten seconds. */
const NOW = 1_700_000_000;
/** s; channel 1 has a gap of ten minutes up to here. */
const AFTER_GAP = 1_699_996_140;
const FROM = NOW - 1000;

let clock: ManualClock;
let simulator: Simulator;
let visitor: Visitor;
let session: number;

beforeEach(async () => {
  session = 0;
  clock = new ManualClock(NOW * 1000);
  simulator = await Simulator.start({ cameras: 2, clock });
  visitor = await Visitor.loggedIn(simulator);
});
afterEach(() => simulator.stop());

/** A playback, and what it shows. */
async function play(time = FROM, path = '/playback/1/1') {
  const id = `s${++session}`;
  const open = await visitor.socket(`${path}?time=${time}&session=${id}`);
  await settle(open);
  return {
    ...open,
    /** What comes within that time. */
    async within(ms: number): Promise<WireFrame[]> {
      clock.advance(ms);
      await settle(open);
      return open.messages.splice(0).map(readFrame);
    },
    async text(command: object): Promise<void> {
      open.socket.send(JSON.stringify(command));
      await settle(open);
    },
    http: async (command: object) => (await visitor.post(`/device/playbackControl?session=${id}`, command)).json,
  };
}

/** A pong comes after all that was sent before. */
async function settle({ socket }: OpenSocket): Promise<void> {
  const pong = once(socket, 'pong');
  socket.ping();
  await pong;
}

const isVideo = ({ type }: WireFrame) => type < 0x10;
const isSound = ({ type }: WireFrame) => type === 0x10;
/** Times of the pictures, ms after `FROM`. */
const pictures = (frames: readonly WireFrame[]) =>
  frames.filter(isVideo).map(({ timestamp }) => timestamp - FROM * 1000);
const keys = (frames: readonly WireFrame[]) => frames.filter(({ type }) => type === 6).length;

describe('Playback of the simulator', () => {
  it('shows what was recorded, in real time, with the recorded times', async () => {
    const playback = await play();
    const frames = await playback.within(10_000);
    const expected = Array.from({ length: 151 }, (_, index) => Math.floor((index * 1000) / 15));
    expect(pictures(frames)).toEqual(expected);
    expect(frames.filter(isSound).map(({ timestamp }) => timestamp - FROM * 1000)).toEqual(
      Array.from({ length: 250 }, (_, index) => index * 40),
    );
    const marks = await decodeMarks(Buffer.concat(frames.filter(isVideo).map(({ data }) => data)), 'h264');
    const start = (FROM % 10) * 15;
    expect(marks).toEqual(expected.map((_, index) => ({ channel: 1, stream: 'sub', picture: (start + index) % 150 })));
  });

  it('begins with the keyframe before the start', async () => {
    const playback = await play(FROM + 1);
    const [first, ...rest] = (await playback.within(1000)).filter(isVideo);
    expect(first).toMatchObject({ type: 6, timestamp: FROM * 1000 });
    expect(rest.map(({ type }) => type)).toEqual(Array(15).fill(7));
  });

  it('jumps over gaps, at the start and on the way', async () => {
    const inGap = await play(AFTER_GAP - 300);
    expect((await inGap.within(0))[0]).toMatchObject({ type: 6, timestamp: AFTER_GAP * 1000 });
    const before = await play(AFTER_GAP - 602);
    const times = (await before.within(4000)).filter(isVideo).map(({ timestamp }) => timestamp / 1000 - AFTER_GAP);
    expect(times.filter((time) => time < 0)).toHaveLength(30);
    expect(times.filter((time) => time >= 0)).toHaveLength(31);
    expect(times[30]).toBe(0);
  });

  it('stops at the end of the recordings, and goes on from there when told to', async () => {
    const playback = await play(NOW - 4);
    await playback.http({ command: 'fast_forward', speed: 16 });
    const frames = await playback.within(5000);
    expect(frames.map(({ timestamp }) => timestamp / 1000 - NOW)).toEqual([-4, -2]);
    expect(await playback.within(10_000)).toEqual([]);
    await playback.http({ command: 'play' });
    expect(await playback.within(1000)).toHaveLength(15 + 25);
  });

  describe.each(['text', 'http'] as const)('obeys commands over %s', (way) => {
    const commanded = async (command: object, ms: number, before = 4500) => {
      const playback = await play();
      await playback.within(before);
      if (way === 'http') expect(await playback.http(command)).toEqual({ Result: 'OK' });
      else await playback.text(command);
      return { playback, frames: await playback.within(ms) };
    };

    it.each(['pause', 'stop'])('%s: nothing comes, until play goes on with the next picture', async (command) => {
      const { playback, frames } = await commanded({ command }, 60_000);
      expect(frames).toEqual([]);
      await playback.http({ command: 'play' });
      const [next] = pictures(await playback.within(1000));
      expect(next).toBe(4533);
    });

    it.each([
      ['forward', undefined, 4000, [4533, 8466], 60, 99],
      ['fast_forward', 1, 4000, [4533, 8466], 60, 99],
      ['fast_forward', 2, 4000, [4533, 12_466], 120, 0],
      ['fast_forward', 4, 4000, [6000, 20_000], 8, 0],
      ['fast_forward', 16, 4000, [6000, 68_000], 32, 0],
      ['slow_forward', 4, 4000, [4533, 5466], 15, 0],
      ['backward', undefined, 4467, [4000, 0], 3, 0],
      ['fast_backward', 2, 1400, [4000, 2000], 2, 0],
      ['slow_backward', 2, 4934, [4000, 2000], 2, 0],
    ])('%s %s', async (command, speed, ms, [first, last], count, sounds) => {
      const { frames } = await commanded({ command, ...(speed !== undefined && { speed }) }, ms);
      const shown = pictures(frames);
      expect([shown[0], shown.at(-1), shown.length]).toEqual([first, last, count]);
      expect(frames.filter(isSound)).toHaveLength(sounds);
      if (command.endsWith('backward') || (speed ?? 0) >= 4) {
        expect(keys(frames)).toBe(command === 'slow_forward' ? 0 : count);
      }
    });

    it('step_forward and step_backward: one picture, then it stands', async () => {
      const { playback, frames } = await commanded({ command: 'step_forward' }, 10_000);
      expect(pictures(frames)).toEqual([4533]);
      await playback.text({ command: 'step_backward' });
      const back = await playback.within(10_000);
      expect(pictures(back).at(-1)).toBe(4466);
      expect(back[0]).toMatchObject({ type: 6, timestamp: FROM * 1000 + 4000 });
    });

    it('seek: shows the picture of that time, then pauses', async () => {
      const { playback, frames } = await commanded({ command: 'seek', time: FROM + 301 }, 10_000);
      expect(frames[0]).toMatchObject({ type: 6, timestamp: (FROM + 300) * 1000 });
      expect(pictures(frames).at(-1)).toBe(301_000);
      expect(frames).toHaveLength(16);
      await playback.http({ command: 'forward' });
      expect(pictures(await playback.within(100))).toEqual([301_066]);
    });

    it('seek goes to the next recorded picture where nothing is recorded', async () => {
      const { frames } = await commanded({ command: 'seek', time: AFTER_GAP - 5 }, 10_000);
      expect(frames.map(({ timestamp }) => timestamp)).toEqual([AFTER_GAP * 1000]);
    });
  });

  it.each([
    [{ command: 'seek' }, 'time: is required with the command seek'],
    [{ command: 'play', time: FROM }, 'time: goes with the command seek only'],
    [{ command: 'pause', speed: 2 }, 'speed: goes with'],
    [{ command: 'fast_forward', speed: 3 }, 'speed'],
    [{ command: 'rewind' }, 'command'],
    [{ command: 'seek', time: NOW + 60 }, 'nothing is recorded'],
  ])('refuses %j, and plays on', async (command, why) => {
    const playback = await play();
    expect(await playback.http(command)).toMatchObject({ Result: 'Error', Description: expect.stringContaining(why) });
    await playback.text(command);
    expect(simulator.refused.map((refused) => refused.why)).toEqual(Array(2).fill(expect.stringContaining(why)));
    expect(pictures(await playback.within(1000))).toHaveLength(16);
  });

  it('knows each playback by its session, which only one can have', async () => {
    const [one, two] = [await play(), await play(FROM, '/playback/2/0')];
    await two.http({ command: 'pause' });
    expect(pictures(await one.within(1000))).toHaveLength(16);
    expect(await two.within(0)).toHaveLength(1);
    await expect(visitor.socket(`/playback/1/0?time=${FROM}&session=s1`)).rejects.toThrow('400');
    one.socket.terminate();
    await until('the playback to end', () => simulator.openSockets === 1);
    expect(await one.http({ command: 'play' })).toMatchObject({ Result: 'Error' });
    await visitor.socket(`/playback/1/0?time=${FROM}&session=s1`);
  });

  it.each([
    '/playback/3/0?time=1699999000&session=a',
    '/playback/1/2?time=1699999000&session=a',
    '/playback/1/0?session=a',
    '/playback/1/0?time=1699999000',
    '/playback/1/0?time=1699999000&session=',
    `/playback/1/0?time=${NOW}&session=a`,
  ])('refuses %s', async (path) => {
    await expect(visitor.socket(path)).rejects.toThrow('400');
    expect(simulator.refused).toHaveLength(1);
  });

  it('textControlOnly and stopClosesPlayback', async () => {
    const playback = await play();
    simulator.faults.textControlOnly = true;
    simulator.faults.stopClosesPlayback = true;
    expect(await playback.http({ command: 'stop' })).toMatchObject({ Result: 'Error' });
    const closed = once(playback.socket, 'close');
    playback.socket.send(JSON.stringify({ command: 'stop' }));
    await closed;
    await until('the playback to end', () => simulator.openSockets === 0);
    expect(clock.pending).toBe(0);
  });
});
