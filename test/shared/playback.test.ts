import { describe, expect, it } from '@jest/globals';
import { type Frame, operations } from '../../src/shared/index.js';
import { decodeMarks } from '../simulator/decode.js';
import { until } from '../support/until.js';
import { FROM, isKeyframe, NOW, pictures, playbackBench, times, watch } from './playback-bench.js';

const bench = playbackBench();

/** ms; channel 1 has a gap of ten minutes up to here. */
const AFTER_GAP = 1_699_996_140_000;

describe('playback', () => {
  it('of a chosen minute shows that minute', async () => {
    const { frames, seconds, playback } = await watch(bench, { from: new Date(FROM) });
    await seconds(60);
    playback.close();
    expect(times(frames)).toEqual(pictures(0, 901));
    expect(frames.filter(({ kind }) => kind === 'audio').map(({ timestamp }) => timestamp - FROM)).toEqual(
      Array.from({ length: 1500 }, (_, index) => index * 40),
    );
    const video = frames.filter(({ kind }) => kind === 'video').map(({ data }) => data);
    const marks = await decodeMarks(Buffer.concat(video), 'h264');
    expect(marks).toEqual(
      video.map((_, index) => ({ channel: 1, stream: 'sub', picture: ((FROM / 1000) * 15 + index) % 150 })),
    );
  });

  it('jumps over what is not recorded', async () => {
    const { frames, seconds } = await watch(bench, { from: AFTER_GAP - 602_000 });
    await seconds(4);
    const shown = times(frames).map((time) => time + FROM - AFTER_GAP);
    expect(shown.filter((time) => time < 0)).toHaveLength(30);
    expect(shown.filter((time) => time >= 0)).toEqual(pictures(0, 31));
  });

  it('is independent of another one', async () => {
    const [one, two] = [await watch(bench), await watch(bench, { channel: 2, stream: 'main', from: FROM + 100_000 })];
    await two.playback.pause();
    await one.seconds(2);
    expect(times(one.frames)).toEqual(pictures(0, 31));
    expect(times(two.frames)).toEqual([100_000]);
    one.playback.close();
    await until('one socket', () => bench.simulator.openSockets === 1);
    await two.playback.play();
    await two.seconds(1);
    expect(two.frames.filter(({ kind }) => kind === 'video').at(-1)).toMatchObject({ width: 1280 });
  });
});

describe.each(['http', 'socket'] as const)('commands over %s', (control) => {
  it('seek, step and play on', async () => {
    const { playback, frames, pass, seconds } = await watch(bench, { control });
    await seconds(1);
    frames.length = 0;
    await playback.seek(new Date(FROM + 301_000));
    await until('the picture', () => times(frames).at(-1) === 301_000);
    expect(times(frames)).toEqual(pictures(300 * 15, 16));
    await playback.stepForward();
    await until('the next picture', () => times(frames).at(-1) === 301_066);
    await playback.stepBackward();
    await until('the picture before', () => times(frames).at(-1) === 301_000);
    const stepped = frames.length;
    bench.clock.advance(3000);
    await playback.stepForward();
    await until('one picture', () => frames.length > stepped);
    expect(times(frames.slice(stepped))).toEqual([301_066]);
    await playback.forward();
    await pass('play', () => times(frames).at(-1) === 302_000);
    expect(times(frames.slice(stepped))).toEqual(pictures(301 * 15 + 1, 15));
  });

  it.each([
    ['fastForward', 16, 2000, 125],
    ['fastForward', 2, 66, 33],
    ['slowForward', 4, 66, 267],
    ['fastBackward', 8, -2000, 250],
    ['slowBackward', 2, -2000, 4000],
    ['backward', undefined, -2000, 2000],
  ] as const)('%s %s: pictures %s ms apart, each %s ms', async (method, speed, step, pace) => {
    const { playback, frames, pass } = await watch(bench, { control, from: FROM + 500_000 });
    await (speed === undefined ? playback.backward() : playback[method as 'fastForward'](speed));
    await pass(
      'such pictures',
      () => Math.abs((times(frames).at(-1) ?? 0) - (times(frames).at(-2) ?? 0) - step) < 2,
      pace / 4,
    );
    const [count, begin, all] = [times(frames).length, bench.clock.now(), frames.length];
    await pass('four more', () => times(frames).length >= count + 4, pace / 4);
    expect(Math.abs(bench.clock.now() - begin - 4 * pace)).toBeLessThanOrEqual(2 * pace);
    expect(frames.slice(all).every(({ kind }) => kind === 'video')).toBe(true);
    if (Math.abs(step) === 2000) expect(frames.slice(all).every(isKeyframe)).toBe(true);
  });

  it.each(['pause', 'stop'] as const)('%s: nothing comes, which is no silence', async (command) => {
    const { playback, frames, log, seconds } = await watch(bench, { control });
    await seconds(1);
    await playback[command]();
    // The commands keep their order: the step shows that the one before was obeyed.
    await playback.stepForward();
    await until('the step', () => times(frames).length === 17);
    for (let quarter = 0; quarter < 4; quarter += 1) {
      bench.clock.advance(15_000);
      // The NVR shows that it is alive meanwhile.
      await bench.client.call(operations.getPort);
    }
    await playback.stepForward();
    await until('another step', () => times(frames).length === 18);
    expect(times(frames)).toEqual(pictures(0, 18));
    expect(log).toEqual([]);
  });
});

describe('a reader that is slow', () => {
  it('makes the NVR wait, and loses nothing', async () => {
    const playback = bench.client.playback({ channel: 1, stream: 'sub', from: FROM });
    await using stream = playback.frames();
    let arrived = 0;
    playback.subscribe({ frame: () => (arrived += 1) });
    await until('the playback to open', () => arrived > 0);
    for (let second = 0; second < 120; second += 1) {
      bench.clock.advance(1000);
      await new Promise(setImmediate);
    }
    const read: Frame[] = [];
    // Far fewer than the 4,800 that were played: the rest waits in the network.
    expect(arrived).toBeLessThan(2400);
    for await (const frame of stream) if (read.push(frame) === 4800) break;
    const shown = times(read);
    expect(shown).toEqual(pictures(0, shown.length));
  });

  it('that reads on after the end leaves nothing behind', async () => {
    const playback = bench.client.playback({ channel: 1, stream: 'sub', from: FROM });
    const stream = playback.frames();
    let arrived = 0;
    playback.subscribe({ frame: () => (arrived += 1) });
    await until('the playback to open', () => arrived > 0);
    await until('the NVR to wait', () => {
      if (arrived < 256) bench.clock.advance(1000);
      return arrived >= 256;
    });
    playback.close();
    let read = 0;
    for await (const frame of stream) if (frame.data.length > 0) read += 1;
    expect(read).toBe(arrived);
  });

  it('may choose to lose frames instead', async () => {
    const { playback, seconds } = await watch(bench);
    const stream = playback.frames({ queue: 50 });
    await seconds(10);
    expect(stream.dropped).toBeGreaterThan(300);
    let first: Frame | undefined;
    while (first?.kind !== 'video') first = (await stream.next()).value;
    expect(first.keyframe).toBe(true);
    await stream.return();
  });

  it('has time to begin: the NVR waits for the first listener', async () => {
    const playback = bench.client.playback({ channel: 1, stream: 'sub', from: FROM });
    await until('the playback to open', () => bench.simulator.openSockets === 1);
    bench.clock.advance(1000);
    await bench.client.camera.cameraList();
    const frames: Frame[] = [];
    playback.subscribe({ frame: (frame) => frames.push(frame) });
    await until('all of it', () => times(frames).length === 16);
    playback.close();
  });
});

describe('commands', () => {
  const controls = () => bench.simulator.requests.filter(({ path }) => path === '/device/playbackControl').length;

  it('go over the socket once the NVR has shown that it does not know HTTP', async () => {
    bench.simulator.faults.textControlOnly = true;
    const { playback, frames } = await watch(bench);
    await playback.seek(FROM + 100_000);
    await until('the picture', () => times(frames).at(-1) === 100_000);
    expect(controls()).toBe(2);
    const other = await watch(bench);
    await other.playback.stepForward();
    await until('the step', () => times(other.frames).at(-1) === 66);
    expect(controls()).toBe(2);
  });

  it('are refused for a reason of their own by an NVR that knows HTTP', async () => {
    const { playback, frames } = await watch(bench);
    await expect(playback.seek(NOW * 1000 + 60_000)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
    await playback.stepForward();
    await until('the step', () => times(frames).at(-1) === 66);
    expect(bench.simulator.refused.map(({ why }) => why)).toEqual([expect.stringContaining('nothing is recorded')]);
  });

  it.each([
    ['from', { from: FROM / 1000 }],
    ['from', { from: NaN }],
    ['from', { from: new Date('never') }],
    ['ChannelID', { channel: 0 }],
    ['ChannelID', { channel: 1.5 }],
  ])('a wrong %s is told before anything is sent: %j', (path, options) => {
    expect(() => bench.client.playback({ channel: 1, stream: 'sub', from: FROM, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
    expect(bench.simulator.requests).toEqual([]);
  });

  it.each([
    ['time', { command: 'seek' }],
    ['time', { command: 'play', time: 1 }],
    ['speed', { command: 'play', speed: 2 }],
    ['speed', { command: 'fast_forward', speed: 3 }],
    ['command', { command: 'rewind' }],
    ['session', { command: 'play', session: '' }],
  ])('impossible combinations are told, too: %s of %j', async (path, command) => {
    const call = bench.client.callByName('playbackControl', { session: 'x', ...command });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
    expect(bench.simulator.requests).toEqual([]);
  });

  it('take no wrong time nor speed', async () => {
    const { playback } = await watch(bench);
    await expect(playback.seek(NOW)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'time' });
    await expect(playback.fastForward(3 as 4)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'speed' });
    expect(controls()).toBe(0);
  });
});
