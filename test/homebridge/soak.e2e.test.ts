import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView } from '../support/hap/live-view.js';
import { RecordingHub } from '../support/hap/recording-hub.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

jest.setTimeout(300_000);

/** What happens in a busy hour, one thing right after the other. */
const ROUNDS = 6;
/** After so many everything has happened once that is made once, and each NVR has been away. */
const WARM_UP = 2;
/** What the collector leaves is not the same twice: what is kept of the streams depends on when their keyframes came. Bytes. */
const JITTER = 4 * 1024 * 1024;

/**
 * Sockets at an NVR where all its eight cameras are armed, and nobody watches: their main streams, and three that push; where
 * the main streams must be converted, also the sub streams, with which a view would begin.
 */
const ARMED = { h264: 8 + 3, h265: 8 + 3 + 8 };
/** For the least that is held; each takes a tenth of a second. */
const WEIGHINGS = 20;

/** Of each round. */
const VIEWERS = 4;
/** Timers come and go with connections; fewer more than there were live views are no leak of theirs. */
const TIMERS = VIEWERS * (ROUNDS - WARM_UP) - 1;

let nvrs: Simulator[];
let homebridge: HomebridgeProcess;
let home: HapHome;
/** Eight film in H.264, eight in H.265. */
let cameras: HomeAccessory[];

beforeAll(async () => {
  const plugins = await packedPackage();
  nvrs = await Promise.all([
    Simulator.start({ cameras: 8, mac: '00:11:14:00:2a:01' }),
    Simulator.start({ cameras: 8, mac: '00:11:14:00:2a:02', codec: 'h265' }),
  ]);
  const access = { username: 'admin', password: 'admin123' };
  homebridge = await HomebridgeProcess.start({
    plugins,
    platform: { nvrs: nvrs.map(({ host, port }, index) => ({ name: `NVR ${index + 1}`, host, port, ...access })) },
    preload: await readFile(new URL('../support/hap/weigh.mjs', import.meta.url), 'utf8'),
  });
  home = await HapHome.pair(homebridge);
  for (const name of ['NVR 1', 'NVR 2']) await homebridge.line(connectedLine(name, 8));
  const accessories = await home.accessories();
  cameras = accessories.filter(({ services }) => services.some(({ name }) => name === 'MotionSensor'));
  for (const camera of cameras) await RecordingHub.arm(home, camera);
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await Promise.all((nvrs ?? []).map((nvr) => nvr.stop()));
});

interface Weight {
  /** Of the heap and outside of it, right after a collection. */
  readonly bytes: number;
  /** Sockets, pipes, processes, timers by their kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly handles: number;
  readonly processes: number;
}

async function weigh(): Promise<Weight> {
  const from = homebridge.lines.length;
  homebridge.signal('SIGUSR2');
  const line = await homebridge.line(/^weighed /, from);
  const [handles, processes] = await Promise.all([
    readdir(`/proc/${homebridge.pid ?? 0}/fd`).then(({ length }) => length),
    homebridge.children().then(({ length }) => length),
  ]);
  return { ...(JSON.parse(line.slice('weighed '.length)) as Pick<Weight, 'bytes' | 'resources'>), handles, processes };
}

/**
 * Once nothing goes to the NVRs but what armed cameras need, and no more is open than before: what leaks does not come
 * back, so that once is enough.
 */
async function atRest(before?: Weight): Promise<Weight> {
  const open = ({ handles, processes, resources }: Weight) => JSON.stringify({ handles, processes, ...resources });
  const sockets = () => nvrs.map(({ openSockets }) => openSockets);
  const wanted = [ARMED.h264, ARMED.h265];
  let seen: Weight | undefined;
  await until(
    () =>
      `${String(wanted)} sockets, and no more than ${before && open(before)}; it is ${String(sockets())}, ${seen && open(seen)}`,
    async () => {
      if (String(sockets()) !== String(wanted)) return false;
      seen = await weigh();
      return before ? isBack(seen, before) : seen.processes === 0;
    },
    60_000,
  );
  // Kept pictures come and go between two keyframes.
  const weights = [seen as Weight];
  while (weights.length < WEIGHINGS) weights.push(await weigh());
  return { ...(seen as Weight), bytes: Math.min(...weights.map(({ bytes }) => bytes)) };
}

/** No more is open, but for some timers. */
function isBack(weight: Weight, before: Weight): boolean {
  const kinds = Object.entries(weight.resources);
  const few = ([kind, count]: [string, number]) =>
    count <= (before.resources[kind] ?? 0) + (kind === 'Timeout' ? TIMERS : 0);
  return weight.handles <= before.handles && weight.processes <= before.processes && kinds.every(few);
}

/** Four viewers, an event that is recorded, an NVR that loses power, and phones that end as phones do. */
async function busyMinutes(round: number): Promise<void> {
  const counts = new Array<number>(VIEWERS).fill(0);
  // Three watch cameras of one NVR, two of them the same camera.
  const watched = [9 + (round % 8), 9 + (round % 8), 1 + (round % 8), 9 + ((round + 3) % 8)];
  const views: LiveView[] = [];
  for (const [index, camera] of watched.entries()) {
    const packet = ({ media }: { media: string }) => {
      if (media === 'video') counts[index] = (counts[index] ?? 0) + 1;
    };
    const view = await LiveView.prepare(home, await home.camera(camera), { packet });
    await view.start();
    views.push(view);
  }
  const allGoOn = async () => {
    const before = [...counts];
    await until(homebridge.wanted(`pictures for all of ${counts.join(', ')}`), () =>
      counts.every((count, index) => count > (before[index] ?? 0) + 5),
    );
  };
  await allGoOn();
  // Those who watch the same camera share an encoder; that of a view before may still be on its way out.
  await until(homebridge.wanted('two encoders at most'), async () => {
    const converters = (await homebridge.children()).filter(({ command }) => command.includes('hevc'));
    return converters.length === 1 || converters.length === 2;
  });
  const [which, channel] = [round % 2, (round % 8) + 1];
  const hub = await RecordingHub.open(home, await home.camera(which * 8 + channel));
  nvrs[which]?.motion(channel, 1);
  const recording = await hub.record();
  await until(homebridge.wanted('a fragment'), () => recording.fragments.length > 0);
  // In the middle of the recording, too.
  await nvrs[which]?.restart();
  await allGoOn();
  recording.close();
  await hub.close();
  const [stops, hangsUp, vanishes, vanishesToo] = views as [LiveView, LiveView, LiveView, LiveView];
  await stops.stop();
  for (const view of [vanishes, vanishesToo]) view.vanish();
  const from = homebridge.lines.length;
  await Promise.all([stops.close(), hangsUp.close()]);
  await until(
    homebridge.wanted('two phones that are missed'),
    () => homebridge.lines.slice(from).filter((line) => line.includes('nothing heard from the phone')).length >= 2,
  );
  await Promise.all([vanishes.close(), vanishesToo.close()]);
}

describe('sixteen cameras that are armed, watched and recorded while NVRs restart and phones vanish', () => {
  it('leave memory, handles, processes and ports as they were', async () => {
    expect(cameras).toHaveLength(16);
    for (let round = 0; round < WARM_UP; round += 1) await busyMinutes(round);
    const before = await atRest();
    const bytes: number[] = [];
    for (let round = WARM_UP; round < ROUNDS; round += 1) {
      await busyMinutes(round);
      bytes.push((await weigh()).bytes);
    }
    const after = await atRest(before);
    // Armed cameras need no process.
    expect([before.processes, after.processes]).toEqual([0, 0]);
    expect(Math.min(after.bytes, ...bytes.slice(-2))).toBeLessThan(before.bytes + JITTER);
    expect(homebridge.troubles).toEqual([]);
    expect(await homebridge.terminate()).toBeLessThan(5000);
  });
});
