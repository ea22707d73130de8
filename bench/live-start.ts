import { operations } from '../src/shared/index.js';
import { setTimeout as wait } from 'node:timers/promises';
import { H264Depacketizer } from '../test/support/hap/h264-depacketizer.js';
import { LiveView } from '../test/support/hap/live-view.js';
import { bareStream, floorFrames } from './bare-ffmpeg.js';
import type { Row } from './report.js';
import { CAMERAS, type Rig } from './rig.js';

const LIMIT = 15_000;
/** Of the simulator, ms. */
const KEYFRAME_INTERVAL = 2000;
/** Cameras that are opened at once. */
const TOGETHER = 4;
/** ms after which a feed of the plugin that nobody watches is closed. */
const LINGER = 30_000;
/** ms after which the sub streams that the plugin keeps open have a picture. */
const STANDING = 10_000;

interface Start {
  /** ms from the START write. */
  readonly packet: number;
  readonly frame: number;
}

/** START → first SRTP packet and first decodable frame, beside a bare ffmpeg that is fed the same kept frames. */
export async function liveStart(rig: Rig, rounds: number): Promise<Row[]> {
  await wait(STANDING);
  const together = await Promise.all(Array.from({ length: TOGETHER }, (_, index) => start(rig, index + 1)));
  await wait(LINGER + 1000);
  const cold: Start[] = [];
  const keyframes: number[] = [];
  for (let channel = 1; channel <= CAMERAS; channel += 1) {
    await wait(Math.random() * KEYFRAME_INTERVAL);
    cold.push(await start(rig, channel));
    await wait(Math.random() * KEYFRAME_INTERVAL);
    keyframes.push(await firstKeyframe(rig, channel));
  }
  const warm: Start[] = [];
  const fresh: Start[] = [];
  const waiting: Start[] = [];
  const feed = rig.client.feed(1, 'main');
  const standing = feed.subscribe({ frame: () => undefined });
  await feed.keyframe();
  // The plugin's own feed has cooled down meanwhile.
  await start(rig, 1);
  for (let round = 0; round < rounds; round += 1) {
    // Random phases of the keyframe interval, or one phase would be measured again and again.
    await wait(Math.random() * KEYFRAME_INTERVAL);
    warm.push(await start(rig, 1));
    fresh.push(await bareStream(rig.ffmpeg.path, floorFrames(feed), 0));
    waiting.push(await bareStream(rig.ffmpeg.path, floorFrames(feed), 1000));
  }
  standing.close();
  const row = (what: string, key: keyof Start): Row => ({
    what,
    unit: 'ms',
    ours: warm.map((one) => one[key]),
    beside: [
      { what: 'ffmpeg started beforehand, same frames', values: waiting.map((one) => one[key]) },
      { what: 'ffmpeg started at START, same frames', values: fresh.map((one) => one[key]) },
    ],
  });
  return [
    row('START → first SRTP packet, warm', 'packet'),
    row('START → first decodable frame, warm', 'frame'),
    {
      what: 'START → first decodable frame, nobody has looked before (a keyframe every 2 s)',
      unit: 'ms',
      ours: cold.map(({ frame }) => frame),
      beside: [{ what: 'a bare live socket, from its opening to its first keyframe', values: keyframes }],
    },
    {
      what: 'START → first decodable frame, of four such cameras at once',
      unit: 'ms',
      ours: together.map(({ frame }) => frame),
      beside: [{ what: 'a bare live socket, from its opening to its first keyframe', values: keyframes }],
    },
  ];
}

async function start(rig: Rig, channel: number): Promise<Start> {
  const depacketizer = new H264Depacketizer();
  let packet: number | undefined;
  let seen: (frame: number) => void = () => undefined;
  const frame = new Promise<number>((resolve) => (seen = resolve));
  const view = await LiveView.prepare(rig.home, rig.camera(channel), {
    packet: (one) => {
      if (one.media !== 'video') return;
      packet ??= one.arrival;
      if (depacketizer.push(one)?.keyframe) seen(one.arrival);
    },
  });
  try {
    const begin = await view.start();
    const limit = wait(LIMIT, undefined, { ref: false }).then(() => {
      throw new Error(`channel ${channel}: no frame within ${LIMIT} ms`);
    });
    const arrival = await Promise.race([frame, limit]);
    return { packet: (packet ?? arrival) - begin, frame: arrival - begin };
  } finally {
    await view.stop();
    await view.close();
  }
}

/** ms until a socket of our own has its first keyframe. */
async function firstKeyframe(rig: Rig, channel: number): Promise<number> {
  const client = rig.newClient();
  await client.call(operations.getPort);
  const begin = performance.now();
  await client.feed(channel, 'main').keyframe();
  const end = performance.now();
  await client.close();
  return end - begin;
}
