import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { type WireFrame, decodeMarks, readFrame } from './decode.js';
import { Visitor } from './visitor.js';

/** 350 ms after a full ten seconds. */
const START = 1_700_000_000_350;
/** Frames due in the 4 s that follow: pictures 6–65, sounds that end at 400–4,320 ms. */
const PICTURES = 60;
const SOUNDS = 99;

describe('Live streams of the simulator', () => {
  let simulator: Simulator;
  afterEach(() => simulator.stop());

  const isVideo = ({ type }: WireFrame) => type < 0x10;

  async function watch(paths: readonly string[], options: { cameras: number; codec?: 'h264' | 'h265' }) {
    const clock = new ManualClock(START);
    simulator = await Simulator.start({ ...options, clock });
    const visitor = await Visitor.loggedIn(simulator);
    const sockets = await Promise.all(paths.map((path) => visitor.socket(path)));
    clock.advance(4000);
    await until('all frames', () => sockets.every(({ messages }) => messages.length === PICTURES + SOUNDS));
    visitor.leave();
    await until('no socket', () => simulator.openSockets === 0);
    expect(clock.pending).toBe(0);
    return sockets.map(({ messages }) => messages.map(readFrame));
  }

  it('stamps every frame with its own time, from now on, without waiting for a keyframe', async () => {
    const [frames = []] = await watch(['/live/1/0'], { cameras: 1 });
    const second = START - 350;
    const pictures = frames.filter(isVideo);
    const expected = Array.from({ length: PICTURES }, (_, index) => second + Math.floor(((6 + index) * 1000) / 15));
    expect(pictures.map(({ timestamp }) => timestamp)).toEqual(expected);
    const sounds = frames.filter((frame) => !isVideo(frame));
    expect(sounds.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: SOUNDS }, (_, index) => second + 360 + index * 40),
    );
    expect(frames.every(({ magic }) => magic === 0x89639615)).toBe(true);
    expect(sounds.every(({ type, data }) => type === 0x10 && data.length === 320)).toBe(true);
    const keyframes = pictures.filter(({ type }) => type === 6).map(({ timestamp }) => timestamp - second);
    expect(keyframes).toEqual([2000, 4000]);
    expect(pictures.every(({ width, height }) => width === 1280 && height === 720)).toBe(true);
  });

  it.each([
    ['h264', 'h264', 6],
    ['h265', 'hevc', 8],
  ] as const)('shows channel, stream and time in every %s picture', async (codec, format, keyType) => {
    const streams = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((channel) => [
      { channel, stream: 'main', path: `/live/${channel}/0`, width: 1280 },
      { channel, stream: 'sub', path: `/live/${channel}/1`, width: 640 },
    ]);
    const seen = await watch(
      streams.map(({ path }) => path),
      { cameras: 8, codec },
    );
    for (const [index, { channel, stream, width }] of streams.entries()) {
      const pictures = (seen[index] ?? []).filter(isVideo);
      const first = pictures.findIndex(({ type }) => type === keyType);
      const group = pictures.slice(first, first + 30);
      expect(group.every((picture) => picture.width === width)).toBe(true);
      const marks = await decodeMarks(Buffer.concat(group.map(({ data }) => data)), format);
      const pictureOf = ({ timestamp }: WireFrame) => Math.ceil(((timestamp % 10_000) * 15) / 1000);
      expect(marks).toEqual(group.map((frame) => ({ channel, stream, picture: pictureOf(frame) })));
    }
  });

  it('beeps at every full second, each channel at its own pitch', async () => {
    const streams = await watch(['/live/1/0', '/live/3/1'], { cameras: 3 });
    const pitches = streams.map((frames) => {
      const loud = frames.filter((frame) => !isVideo(frame) && frame.data.some((sample) => (sample & 0x7f) < 0x60));
      expect(loud.map(({ timestamp }) => timestamp % 1000)).toEqual([0, 40, 80, 0, 40, 80, 0, 40, 80, 0, 40, 80]);
      const beep = Buffer.concat(loud.slice(0, 3).map(({ data }) => data));
      const crossings = beep.filter((sample, at) => at > 0 && ((sample ^ (beep[at - 1] ?? 0)) & 0x80) !== 0).length;
      return Math.round(crossings / 2 / 0.12 / 50) * 50;
    });
    expect(pitches).toEqual([500, 700]);
  });

  it.each(['/live/5/0', '/live/1/2', '/live/x/0', '/live/1/0?Volume=1'])('refuses %s', async (path) => {
    simulator = await Simulator.start();
    const visitor = await Visitor.loggedIn(simulator);
    await expect(visitor.socket(path)).rejects.toThrow('400');
    expect(simulator.refused).toHaveLength(1);
  });

  it('has a JPEG of every channel', async () => {
    simulator = await Simulator.start({ cameras: 8 });
    const visitor = await Visitor.loggedIn(simulator);
    for (let channel = 1; channel <= 8; channel++) {
      const taken = await visitor.get(`/device/getSnapshot?ChannelID=${channel}`);
      const { snapshotPath } = taken.json as { snapshotPath: string };
      const { body } = await visitor.get(`/device/download/?snapshot=${encodeURIComponent(snapshotPath)}`);
      const second = Number(/(\d+)_\d+ Manual/.exec(snapshotPath)?.[1]);
      expect(await decodeMarks(body, 'mjpeg')).toEqual([{ channel, stream: 'sub', picture: (second * 15) % 150 }]);
    }
  });
});
