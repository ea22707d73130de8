import { setTimeout as wait } from 'node:timers/promises';
import { Simulator } from '../packages/simulator/src/index.js';
import { nalUnits } from '../src/shared/codec/annex-b.js';
import { encodeFrame, type Frame } from '../src/shared/codec/frame.js';
import { mp4Fragment } from '../src/shared/codec/mp4-fragment.js';
import { ManualClock, silentLogger } from '../src/shared/index.js';
import { LimitCounters } from '../src/shared/internal.js';
import { Recovery } from '../src/shared/link/recovery.js';
import type { SocketHandlers } from '../src/shared/link/socket-connector.js';
import { LiveFeed } from '../src/shared/media/live-feed.js';
import { HapHome, type HomeAccessory } from '../test/support/hap/hap-home.js';
import { HomebridgeProcess } from '../test/support/hap/homebridge-process.js';
import { RecordingHub, type RecordingStream } from '../test/support/hap/recording-hub.js';
import { packedPackage } from '../test/support/packed-package.js';
import { until } from '../test/support/until.js';
import { EventEmitter } from 'node:events';
import { childrenOf, cpuSeconds, residentMegabytes } from './processes.js';
import type { Row } from './report.js';

/** Armed at once: two NVRs of eight cameras. */
const CAMERAS = 16;
/** Armed, and then recording, so many at a time. */
const STEPS = [1, 4, CAMERAS];
/** s */
const LENGTH = 10;

/** What HomeKit Secure Video costs: one armed camera, then 4, then 16; one of them recording, then 4, then all. */
export async function recording(): Promise<Row[]> {
  const plugins = await packedPackage();
  const nvrs = await Promise.all(
    ['0e', '0f'].map((part) => Simulator.start({ cameras: 8, mac: `00:11:14:00:${part}:01` })),
  );
  const access = { username: 'admin', password: 'admin123' };
  const platform = {
    nvrs: nvrs.map(({ host, port }, index) => {
      const cameras = Array.from({ length: 8 }, (_, at) => ({ channel: at + 1, name: nameOf(8 * index + at) }));
      return { name: `NVR ${index + 1}`, host, port, ...access, cameras };
    }),
  };
  const homebridge = await HomebridgeProcess.start({ plugins, platform });
  const home = await HapHome.pair(homebridge);
  const hubs: RecordingHub[] = [];
  try {
    for (const nvr of platform.nvrs) await homebridge.line(new RegExp(`${nvr.name} .*: connected, .*8 cameras`));
    const pid = homebridge.pid ?? 0;
    const known = await home.accessories();
    const cameras = Array.from({ length: CAMERAS }, (_, index) => {
      const camera = known.find(({ name }) => name === nameOf(index));
      if (!camera) throw new Error(`no camera ${nameOf(index)}`);
      return camera;
    });
    await wait(5000);
    const idle = await load(pid);
    const rows: Row[] = [];
    let armed = idle;
    for (const [step, count] of STEPS.entries()) {
      for (const camera of cameras.slice(STEPS[step - 1] ?? 0, count)) await RecordingHub.arm(home, camera);
      // Until as much of the past is kept as there will be.
      await wait(15_000);
      armed = await load(pid);
      rows.push({ what: `CPU s per 10 s, armed cameras: ${count}`, unit: 's', ours: [armed.cpu - idle.cpu] });
    }
    rows.push({ what: 'RSS of an armed camera', unit: 'MB', ours: [(armed.rss - idle.rss) / CAMERAS] });
    const starts: number[] = [];
    const leads: number[] = [];
    const streams: RecordingStream[] = [];
    for (const [step, count] of STEPS.entries()) {
      for (const [index, camera] of [...cameras.entries()].slice(STEPS[step - 1] ?? 0, count)) {
        const hub = await RecordingHub.open(home, camera);
        hubs.push(hub);
        const { start, lead, stream } = await trigger(nvrs, home, camera, hub, index);
        starts.push(start);
        leads.push(lead);
        streams.push(stream);
      }
      const busy = await load(pid);
      rows.push({
        what: `CPU s per 10 s, of ${CAMERAS} armed cameras recording, with their ffmpegs: ${count}`,
        unit: 's',
        ours: [busy.cpu + busy.children - armed.cpu],
      });
    }
    for (const stream of streams) stream.close();
    return [
      ...rows,
      { what: 'motion → first fragment at the hub', unit: 'ms', ours: starts },
      { what: 'what the recording has from before the motion', unit: 's', ours: leads },
      ...largePictures(),
    ];
  } finally {
    for (const hub of hubs) await hub.close();
    await home.close();
    await homebridge.dispose();
    for (const nvr of nvrs) await nvr.stop();
  }
}

/** By NVR and channel: accessories come in the order in which their NVRs answered. */
function nameOf(index: number): string {
  return `Bench ${index + 1}`;
}

async function trigger(
  nvrs: readonly Simulator[],
  home: HapHome,
  camera: HomeAccessory,
  hub: RecordingHub,
  index: number,
) {
  const motion = camera.service('MotionSensor').id('MotionDetected');
  const watch = await home.watch([motion]);
  const begin = performance.now();
  nvrs[Math.floor(index / 8)]?.motion((index % 8) + 1);
  await watch.change(motion, true);
  const stream = await hub.record();
  await until('the first fragment', () => stream.fragments.length > 0);
  await until('the present', () => stream.fragments.length > 1);
  await watch.close();
  const start = (stream.fragments[0]?.arrival ?? NaN) - begin;
  // The second fragment ends where the camera was when it came.
  const filmed = 2 * 4;
  const lead = filmed - ((stream.fragments[1]?.arrival ?? NaN) - begin) / 1000;
  return { start, lead, stream };
}

/** Used within {@link LENGTH} s: CPU of Homebridge and of its children, s; resident memory, MB. */
async function load(pid: number) {
  const pids = await childrenOf(pid);
  const used = async (ids: readonly number[]) =>
    (await Promise.all(ids.map((id) => cpuSeconds(id).catch(() => 0)))).reduce((sum, value) => sum + value, 0);
  const [before, childrenBefore] = [await used([pid]), await used(pids)];
  await wait(LENGTH * 1000);
  return {
    cpu: (await used([pid])) - before,
    children: (await used(pids)) - childrenBefore,
    rss: await residentMegabytes(pid),
  };
}

/** The simulator's pictures are small. What frames of 4 Mbit/s cost behind the socket, and what is kept of them. */
function largePictures(): Row[] {
  const clock = new ManualClock();
  const bytes = (4e6 / 8 / 15) | 0;
  const data = Buffer.alloc(bytes, 0x55);
  const nal = (type: number) => Buffer.from([0, 0, 0, 1, type]);
  const keyframe = Buffer.concat([
    nal(0x67),
    Buffer.from('640028acd940780227e5c05a808080a0000003002000000781e30632c0', 'hex').subarray(1),
    nal(0x68),
    Buffer.from([0xeb, 0xe3, 0xcb]),
    nal(0x65),
    Buffer.from([0x88, 0x84]),
    data,
  ]);
  const delta = Buffer.concat([nal(0x41), Buffer.from([0x9a]), data]);
  const feeds = Array.from({ length: CAMERAS }, () => {
    let handlers: SocketHandlers | undefined;
    const nothing = () => undefined;
    const environment = {
      ...{
        clock,
        logger: silentLogger,
        limits: new LimitCounters(silentLogger),
        random: () => 0.5,
        recovery: new Recovery(),
      },
      probe: () => Promise.resolve(),
      connect: (_path: string, given: SocketHandlers) => {
        handlers = given;
        given.opened(
          Object.assign(new EventEmitter(), {
            ping: nothing,
            send: nothing,
            pause: nothing,
            resume: nothing,
            terminate: nothing,
          }),
        );
        return Promise.resolve();
      },
    };
    const feed = new LiveFeed(1, 'main', environment, 0);
    feed.hold(6000);
    return { feed, send: (frame: Frame) => handlers?.message(encodeFrame(frame), true) };
  });
  const before = process.cpuUsage();
  for (let picture = 0; picture < LENGTH * 15; picture += 1) {
    clock.advance(1000 / 15);
    const frame: Frame = {
      kind: 'video',
      codec: 'h264',
      keyframe: picture % 30 === 0,
      width: 1920,
      height: 1080,
      timestamp: Math.round((picture * 1000) / 15),
      data: picture % 30 === 0 ? keyframe : delta,
    };
    for (const { send } of feeds) send(frame);
  }
  const { user, system } = process.cpuUsage(before);
  const begin = process.cpuUsage();
  for (let count = 0; count < LENGTH * 15 * CAMERAS; count += 1)
    encodeFrame({ kind: 'audio', codec: 'pcmu', timestamp: 0, data: delta });
  const own = process.cpuUsage(begin);
  const encoding = own.user + own.system;
  const muxing = fragmentTimes(delta);
  const frames = feeds[0]?.feed;
  let kept = 0;
  frames?.subscribe({ frame: ({ data: { length } }) => (kept += length) }, { past: 15_000 }).close();
  for (const { feed } of feeds) feed.close();
  return [
    {
      what: `CPU s per 10 s behind the socket, ${CAMERAS} armed cameras of 4 Mbit/s`,
      unit: 's',
      ours: [(user + system - encoding) / 1e6],
    },
    { what: 'a fragment of 4 s at 4 Mbit/s, put together', unit: 'ms', ours: muxing },
    { what: 'kept of an armed camera of 4 Mbit/s', unit: 'MB', ours: [kept / 2 ** 20] },
  ];
}

/** ms for each of some fragments of such pictures, as Annex B has them. */
function fragmentTimes(data: Buffer): number[] {
  return Array.from({ length: 50 }, (_, index) => {
    const begin = performance.now();
    const pictures = Array.from({ length: 60 }, () => ({
      nals: nalUnits('h264', data),
      duration: 6000,
      keyframe: false,
    }));
    mp4Fragment({ sequence: index + 1, codec: 'h264', video: { time: 0, pictures } });
    return performance.now() - begin;
  });
}
