import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { opusTone } from '../support/audio/opus.js';
import { toneIn } from '../support/audio/tone.js';
import { annexB } from '../support/hap/h264-depacketizer.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView } from '../support/hap/live-view.js';
import { decodePictures } from '../support/hap/pictures.js';
import { Received } from '../support/hap/received.js';
import { RecordingHub } from '../support/hap/recording-hub.js';
import { isWellFormed, videoOf } from '../support/hap/well-formed.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';
import { anyFfmpeg } from './live/camera.js';

/** Pictures in a second, and in the simulator's loop. */
const [FPS, LOOP] = [15, 150];
/** ms; a keyframe comes every two seconds. */
const KEYFRAMES = 2500;
/** The limit of Homebridge's verification, ms. */
const LEAVING = 12_000;

/** Of one camera each: the sub stream of the first is H.264. */
let nvrs: Simulator[];
let homebridge: HomebridgeProcess;
let home: HapHome;
/** `performance.now()` when both cameras were armed. */
let armed: number;
const hubs: RecordingHub[] = [];
const views: LiveView[] = [];

beforeAll(async () => {
  const plugins = await packedPackage();
  nvrs = await Promise.all([
    Simulator.start({ codec: 'h265', subCodec: 'h264', cameras: 1, mac: '00:11:14:00:2b:01' }),
    Simulator.start({ codec: 'h265', cameras: 1, mac: '00:11:14:00:2b:11' }),
  ]);
  const platform = {
    nvrs: nvrs.map(({ host, port }, index) => ({
      ...{ name: `NVR ${index + 1}`, host, port, username: 'admin', password: 'admin123', past: index === 0 },
      cameras: [{ channel: 1, name: `View ${index + 1}`, talk: 'on' }],
    })),
  };
  homebridge = await HomebridgeProcess.start({ plugins, platform });
  home = await HapHome.pair(homebridge);
  for (const name of ['NVR 1', 'NVR 2']) await homebridge.line(new RegExp(`${name} .*: connected, .*1 camera`));
  for (const number of [1, 2]) await RecordingHub.arm(home, await camera(number));
  armed = performance.now();
}, 180_000);

afterAll(async () => {
  for (const open of [...views, ...hubs]) await open.close();
  await home?.close();
  await homebridge?.dispose();
  await Promise.all((nvrs ?? []).map((nvr) => nvr.stop()));
});

const camera = (number: number) => home.accessory(`View ${number}`);

async function watch(of: HomeAccessory) {
  const received = new Received();
  const view = await LiveView.prepare(home, of, received);
  views.push(view);
  await view.start();
  return { received, view };
}

/** What has come, and what the marks in its pictures say, once a second of the main stream is among it. */
async function shown(received: Received) {
  let examined = 0;
  return until(
    homebridge.wanted('a second of the main stream'),
    async () => {
      if (received.units.length < examined + FPS) return false;
      const units = [...received.units];
      examined = units.length;
      const { marks } = await decodePictures('h264', annexB(units));
      return marks.filter((mark) => mark?.stream === 'main').length > FPS && { units, marks };
    },
    30_000,
  );
}

/** Each run once. */
const runs = <T>(values: readonly T[]) => values.filter((value, index) => value !== values[index - 1]);

/** Pictures from each to the next. */
const steps = (pictures: readonly number[]) =>
  pictures.slice(1).map((picture, index) => (picture - (pictures[index] ?? 0) + LOOP) % LOOP);

describe('a camera that films in H.265', () => {
  it.each([
    ['shows its sub stream, which is H.264, and then the main stream, converted', 1],
    ['is converted, whichever stream is shown', 2],
  ])('%s', async (_, number) => {
    await until('a keyframe of the sub stream, which is kept open', () =>
      nvrs[number - 1]?.requests.some(({ path, time }) => path.endsWith('/live/1/1') && Date.now() - time > KEYFRAMES),
    );
    const { received, view } = await watch(await camera(number));
    const { units, marks } = await shown(received);
    await view.stop();
    expect(units).toHaveLength(marks.length);
    expect(units[0]?.keyframe).toBe(true);
    expect(received.depacketizer.lost).toBe(0);
    expect(received.forgeries).toEqual([]);
    expect(Math.max(...received.packets.map(({ size }) => size))).toBeLessThanOrEqual(1200);
    expect(runs(marks.map((mark) => `${mark?.channel} ${mark?.stream}`))).toEqual(
      number === 1 ? ['1 sub', '1 main'] : expect.arrayContaining(['1 main']),
    );
    const main = marks.flatMap((mark) => (mark?.stream === 'main' ? [mark.picture] : []));
    expect(main.length).toBeGreaterThan(FPS);
    const large = units.slice(-main.length);
    const { width, height } = await decodePictures('h264', annexB(large));
    expect([large[0]?.keyframe, width, height]).toEqual([true, 1280, 720]);
    // In order, and none twice.
    expect(steps(main).filter((step) => step === 0 || step > FPS)).toEqual([]);
  });

  it('is recorded in H.264 from before the motion, one beside the other', async () => {
    for (const number of [1, 2]) hubs.push(await RecordingHub.open(home, await camera(number)));
    // As much of the past as HomeKit asks for, and a keyframe before it.
    await until('a past', () => performance.now() - armed > 6500);
    const trigger = Date.now();
    for (const nvr of nvrs) nvr.motion(1);
    const streams = await Promise.all(hubs.map((hub) => hub.record()));
    for (const stream of streams) {
      await until(homebridge.wanted('two fragments'), () => stream.fragments.length >= 2, 30_000);
      stream.close();
    }
    for (const stream of streams) {
      await isWellFormed(stream, true);
      const { marks } = await decodePictures('mp4', stream.mp4);
      expect(new Set(marks.map((mark) => `${mark?.channel} ${mark?.stream}`))).toEqual(new Set(['1 main']));
      const lead = ((trigger / 1000) % 10) - (marks[0]?.picture ?? NaN) / FPS;
      expect((lead + 10) % 10).toBeGreaterThanOrEqual(4 - 0.1);
      const count = videoOf(stream.fragments[0]?.data).samples.length;
      expect(new Set(steps(marks.slice(0, count).map((mark) => mark?.picture ?? NaN)))).toEqual(new Set([1]));
    }
  });

  it('shows its past, and leaves nothing where Homebridge ends while that plays, a view is converted and a phone talks', async () => {
    const past = await watch(await home.accessory('NVR 1 past'));
    const { marks } = await shown(past.received);
    expect(new Set(marks.map((mark) => `${mark?.channel} ${mark?.stream}`))).toEqual(new Set(['1 main']));
    await until('its sound', () => past.received.packets.some(({ media }) => media === 'audio'));
    const talker = await watch(await camera(2));
    await shown(talker.received);
    const second = opusTone((await anyFfmpeg()).path, { hertz: 440, seconds: 1 });
    let talks = true;
    const saying = (async () => {
      while (talks) await talker.view.say(second);
    })();
    try {
      await until('a word at the loudspeaker', () => toneIn(440, nvrs[1]?.talk(1).audio ?? Buffer.alloc(0)).length > 0);
      const children = await until('two that convert', async () => {
        const all = await homebridge.children();
        return all.filter(({ command }) => command.includes('hevc') && command.includes('libx264')).length === 2 && all;
      });
      expect(await homebridge.terminate()).toBeLessThan(LEAVING);
      const left = async () => {
        const commands = children.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
        return (await Promise.all(commands)).filter(Boolean);
      };
      await until('no process', async () => (await left()).length === 0, 1000);
      await until('no socket at the NVRs', () => nvrs.every(({ openSockets }) => openSockets === 0), 2000);
    } finally {
      talks = false;
      await saying;
    }
    expect(homebridge.troubles).toEqual([]);
    expect(nvrs.flatMap(({ refused }) => refused)).toEqual([]);
  });
});
