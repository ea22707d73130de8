import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type Ffmpeg, findFfmpeg } from '../src/shared/ffmpeg/index.js';
import { Nvr, silentLogger } from '../src/shared/index.js';
import { getSystemInfo } from '../src/shared/sdk/system.js';

import { Simulator } from '../packages/simulator/src/index.js';
import { greyPixels } from '../test/homebridge/snapshot/jpeg.js';
import { HapHome, type HomeAccessory } from '../test/support/hap/hap-home.js';
import { HomebridgeProcess } from '../test/support/hap/homebridge-process.js';
import { readPictureMark } from '../test/support/picture-mark.js';
import { childrenOf, residentMegabytes } from './processes.js';
import type { Row } from './report.js';
import { plugin } from './rig.js';

const TILE = { width: 640, height: 360 };
const CAMERAS = 8;
const ROUNDS = 5;
/** ms after which Homebridge is taken to be idle, and every feed to have its keyframe. */
const SETTLED = 4000;

/** Two NVRs with eight cameras each, in one Homebridge. */
interface House {
  readonly pid: number;
  readonly home: HapHome;
  readonly cameras: readonly HomeAccessory[];
  readonly keyframe: Buffer;
  /** Clients of our own that have nothing open yet, one for each NVR. */
  readonly newClients: () => Nvr[];
}

/** One page of Home: the tiles of many cameras asked for at once, each over a connection of its own. */
export async function tiles(): Promise<Row[]> {
  const ffmpeg = await findFfmpeg({ logger: silentLogger });
  const runs: Record<'four' | 'warm' | 'sixteen', Page[]> = { four: [], warm: [], sixteen: [] };
  const floors: Record<'four' | 'sixteen', number[]> = { four: [], sixteen: [] };
  const idle: number[] = [];
  const open: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await inHouse(async (house) => {
      runs.four.push(await page(house, 4, ffmpeg));
      await wait(SETTLED);
      runs.warm.push(await page(house, 4, ffmpeg));
      floors.four.push(await bare(ffmpeg, house.keyframe, 4));
    });
    await inHouse(async (house) => {
      idle.push(await residentMegabytes(house.pid));
      runs.sixteen.push(await page(house, 16, ffmpeg));
      await wait(SETTLED);
      open.push(await residentMegabytes(house.pid));
      floors.sixteen.push(await bare(ffmpeg, house.keyframe, 16));
    });
  }
  const waiting = (what: string, pages: readonly Page[]): Row[] => [
    {
      what: `${what}: the last of them`,
      unit: 'ms',
      ours: pages.map(({ last }) => last),
      beside: [
        {
          what: 'the last keyframe on bare sockets opened at the same moment',
          values: pages.map(({ keyframe }) => keyframe),
        },
      ],
    },
    { what: `${what}: beyond that keyframe`, unit: 'ms', ours: pages.map(({ last, keyframe }) => last - keyframe) },
  ];
  const row = (what: string, pages: readonly Page[], floor: readonly number[], count: number): Row[] => [
    {
      what: `${what}: the last of them`,
      unit: 'ms',
      ours: pages.map(({ last }) => last),
      beside: [{ what: `${count} keyframes → JPEG by ${count} bare ffmpegs at once`, values: floor }],
    },
    { what: `${what}: pictures among the answers`, unit: '', ours: pages.map(({ pictures }) => pictures) },
    { what: `${what}: child processes at once`, unit: '', ours: pages.map(({ processes }) => processes) },
    { what: `${what}: RSS of Homebridge and its children at most`, unit: 'MB', ours: pages.map(({ rss }) => rss) },
  ];
  return [
    ...waiting('four tiles at once, cold', runs.four),
    ...row('four tiles at once, cold', runs.four, floors.four, 4),
    ...row('four tiles at once, warm', runs.warm, floors.four, 4),
    ...waiting('sixteen tiles at once, cold', runs.sixteen),
    ...row('sixteen tiles at once, cold', runs.sixteen, floors.sixteen, 16),
    { what: 'RSS of Homebridge with 16 cameras, nobody looking', unit: 'MB', ours: idle },
    { what: 'RSS of Homebridge with 16 cameras, their tiles shown', unit: 'MB', ours: open },
  ];
}

interface Page {
  /** ms until the last tile was there. */
  readonly last: number;
  /** ms until the last of the same cameras had sent a keyframe to a socket opened at the same moment. */
  readonly keyframe: number;
  /** Tiles that show their camera, rather than that there is no picture. */
  readonly pictures: number;
  /** Child processes at once, at most. */
  readonly processes: number;
  /** MB of all processes together, at most. */
  readonly rss: number;
}

async function page({ pid, home, cameras, newClients }: House, count: number, ffmpeg: Ffmpeg): Promise<Page> {
  const connections = cameras.slice(0, count).map(({ aid }) => ({ aid, connection: home.connection() }));
  // The first request of a connection pays for its encryption.
  await Promise.all(connections.map(({ connection }) => connection.getAccessories()));
  const clients = newClients();
  // Logged in, as Homebridge is.
  await Promise.all(clients.map((client) => client.call(getSystemInfo)));
  const watch = watchProcesses(pid);
  const begin = performance.now();
  const keyframes = lastKeyframe(clients, count).then(() => performance.now() - begin);
  const answers = await Promise.all(
    connections.map(({ aid, connection }) => connection.getImage(TILE.width, TILE.height, aid)),
  );
  const last = performance.now() - begin;
  const { processes, rss } = await watch.end();
  const waited = await keyframes;
  await Promise.all(clients.map((client) => client.close()));
  for (const { connection } of connections) await home.release(connection);
  const marks = answers.map((jpeg) => readPictureMark(greyPixels(ffmpeg.path, jpeg), TILE.width, TILE.height));
  return { last, keyframe: waited, pictures: marks.filter(Boolean).length, processes, rss };
}

/** Each camera's stream for tiles, of one NVR after the other. */
async function lastKeyframe(clients: readonly Nvr[], count: number): Promise<void> {
  const cameras = clients.flatMap((client) =>
    Array.from({ length: CAMERAS }, (_, index) => ({ client, channel: index + 1 })),
  );
  await Promise.all(cameras.slice(0, count).map(({ client, channel }) => client.feed(channel, 'sub').keyframe()));
}

function watchProcesses(pid: number): { end(): Promise<{ processes: number; rss: number }> } {
  const most = { processes: 0, rss: 0 };
  const end = new AbortController();
  const watching = (async () => {
    while (!end.signal.aborted) {
      const children = await childrenOf(pid);
      const all = await Promise.all([pid, ...children].map((one) => residentMegabytes(one).catch(() => 0)));
      most.processes = Math.max(most.processes, children.length);
      most.rss = Math.max(
        most.rss,
        all.reduce((sum, one) => sum + (one || 0), 0),
      );
      await wait(20);
    }
  })();
  return {
    end: async () => {
      end.abort();
      await watching;
      return most;
    },
  };
}

async function bare(ffmpeg: Ffmpeg, keyframe: Buffer, count: number): Promise<number> {
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: count }, async () => {
      const input = ['-probesize', '32', '-analyzeduration', '0', '-f', 'h264', '-i', 'pipe:0'];
      const output = ['-frames:v', '1', '-vf', `scale=${TILE.width}:${TILE.height}`, '-c:v', 'mjpeg'];
      const args = ['-hide_banner', '-loglevel', 'error', ...input, ...output, '-f', 'image2pipe', 'pipe:1'];
      const child: ChildProcessWithoutNullStreams = spawn(ffmpeg.path, args);
      child.stdin.on('error', () => undefined);
      child.stdout.resume();
      child.stderr.resume();
      child.stdin.end(keyframe);
      await once(child, 'close');
    }),
  );
  return performance.now() - begin;
}

async function inHouse(work: (house: House) => Promise<void>): Promise<void> {
  const nvrs = [await Simulator.start({ cameras: CAMERAS }), await Simulator.start({ cameras: CAMERAS })];
  const access = nvrs.map(({ host, port }) => ({ host, port, username: 'admin', password: 'admin123' }));
  const platform = { nvrs: access.map((one, index) => ({ name: `NVR ${index + 1}`, ...one })) };
  const homebridge = await HomebridgeProcess.start({ plugins: await plugin(), platform });
  const [first] = access;
  const newClients = () => access.map((one) => new Nvr(one));
  const client = new Nvr(first ?? { host: '', username: '', password: '' });
  try {
    const home = await HapHome.pair(homebridge);
    const ofCameras = async () =>
      (await home.accessories()).filter(({ services }) => services.some(({ name }) => name === 'MotionSensor'));
    let cameras = await ofCameras();
    for (; cameras.length < 2 * CAMERAS; cameras = await ofCameras()) await wait(200);
    const { data } = await client.feed(1, 'main').keyframe();
    await client.close();
    await wait(SETTLED);
    await work({ pid: homebridge.pid ?? 0, home, cameras, keyframe: data, newClients });
    await home.close();
  } finally {
    await client.close();
    await homebridge.dispose();
    for (const nvr of nvrs) await nvr.stop();
  }
}
