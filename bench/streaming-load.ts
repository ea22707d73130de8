import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { findFfmpeg } from '../src/shared/ffmpeg/index.js';
import { silentLogger } from '../src/shared/index.js';
import { PHONE_AT_HOME, type LiveRequest } from '../test/support/hap/live-messages.js';
import { LiveView } from '../test/support/hap/live-view.js';
import { cameraLoops, type CameraVideo } from './camera-loops.js';
import { childrenOf, cpuOver, residentMegabytes, sum } from './processes.js';
import type { Row } from './report.js';
import { CAMERAS, makeRig, type Rig } from './rig.js';

const VIDEOS: readonly CameraVideo[] = [
  { name: '720p, 2 Mbit/s', width: 1280, height: 720, bitrate: 2000 },
  { name: '1080p, 4 Mbit/s', width: 1920, height: 1080, bitrate: 4000 },
];
const CHANNELS = Array.from({ length: CAMERAS }, (_, index) => index + 1);
/** Each takes some two minutes. */
const MAX_ROUNDS = 5;
/** ms that are measured. */
const LENGTH = 10_000;
/** ms after which encoders have started, and what was kept is sent. */
const SETTLED = 3000;
/** The same of bare ffmpegs, which look at a stream for some seconds before they send. ms */
const BARE_SETTLED = 6000;
/** ms of live view before anything is measured: a Homebridge that runs for months has compiled its code long ago. */
const WARM_UP = 45_000;
/** ms after which nothing is received any more for viewers that have left. */
const LINGERED = 35_000;
/** ms after which a Node process that was just started counts as warmed up. */
const NODE_WARM_UP = 15_000;
const BARE_NODE = fileURLToPath(new URL('bare-node.ts', import.meta.url));
/** Bytes of video in a packet of the bare ffmpeg, as in ours. */
const PACKET = 1188;
const KEY = Buffer.alloc(30, 7).toString('base64');

/** CPU s in {@link LENGTH}. */
interface Load {
  readonly homebridge: number[];
  readonly all: number[];
  /** All processes, without what Homebridge uses when nobody is watching, measured just before. */
  readonly added: number[];
  readonly bare: number[];
  readonly node: number[];
}

/**
 * What copied streams with sound cost, beside bare ffmpegs doing the same work: one a viewer, from RTSP to SRTP, the video
 * copied, the sound encoded, as other plugins do it; and beside a bare Node that only takes the same messages and sends
 * as many datagrams. CPU time, not time: other work on the machine changes it little; what it does change is the same for
 * ours and the ffmpegs, which are measured in the same ten seconds.
 *
 * @param streams cameras that stream at once, a viewer each
 */
export async function streamingLoad(rounds: number, streams: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const video of VIDEOS) rows.push(...(await ofVideo(video, Math.min(rounds, MAX_ROUNDS), streams)));
  return rows;
}

async function ofVideo(video: CameraVideo, rounds: number, streams: readonly number[]): Promise<Row[]> {
  const ffmpeg = await findFfmpeg({ logger: silentLogger });
  const loops = await cameraLoops(ffmpeg.path, video);
  const rig = await makeRig({ loops: loops.folder, rtspPort: 0 });
  const loads = new Map<number, Load>(
    streams.map((count) => [count, { homebridge: [], all: [], added: [], bare: [], node: [] }]),
  );
  const idle: number[] = [];
  const memory: number[] = [];
  const pid = rig.homebridge.pid ?? 0;
  try {
    await watched(rig, video, CAMERAS, WARM_UP);
    await wait(LINGERED);
    for (let round = 0; round < rounds; round += 1) {
      for (const [count, load] of loads) {
        const alone = await cpuOver(LENGTH, [pid]);
        idle.push(alone);
        const [ours, bare] = await Promise.all([
          watched(rig, video, count, BARE_SETTLED),
          bareLoad(rig, CHANNELS.slice(0, count)),
        ]);
        load.homebridge.push(ours.homebridge);
        load.all.push(ours.all);
        load.added.push(ours.all - alone);
        load.bare.push(bare);
        load.node.push(await bareNode(rig, count));
        if (count === CAMERAS) memory.push(ours.memory);
      }
    }
  } finally {
    await rig.close();
    await loops.dispose();
  }
  const row = ([count, { homebridge, all, added, bare, node }]: [number, Load]): Row[] => [
    {
      what: `${video.name}, ${count} ${count === 1 ? 'stream' : 'streams'} with sound: CPU s in 10 s, all processes`,
      unit: 's',
      ours: all,
      beside: [{ what: `${count} bare ffmpeg, RTSP → SRTP with the same sound`, values: bare }],
    },
    {
      what: '· without what Homebridge uses with nobody watching',
      unit: 's',
      ours: added,
      beside: [{ what: 'the same', values: bare }],
    },
    {
      what: '· of it the Homebridge process',
      unit: 's',
      ours: homebridge,
      beside: [{ what: 'a bare Node: the same messages in, as many datagrams out', values: node }],
    },
  ];
  return [
    ...[...loads].flatMap(row),
    { what: `${video.name}: CPU s of Homebridge in 10 s, nobody watching`, unit: 's', ours: idle },
    ...(memory.length > 0
      ? [{ what: `${video.name}: RSS of all processes, ${CAMERAS} streams`, unit: 'MB', ours: memory } as const]
      : []),
  ];
}

/**
 * What Homebridge and its children use while they are watched.
 *
 * @param channels a viewer each
 */
export async function watchedLoad(
  rig: Rig,
  wish: Partial<LiveRequest>,
  channels: readonly number[],
  settled = SETTLED,
) {
  const pid = rig.homebridge.pid ?? 0;
  const request: LiveRequest = { ...PHONE_AT_HOME, ...wish };
  const views: LiveView[] = [];
  for (const channel of channels) views.push(await LiveView.prepare(rig.home, await rig.home.camera(channel), {}));
  for (const view of views) await view.start(request);
  await wait(settled);
  const children = await childrenOf(pid);
  const [homebridge, encoders] = await Promise.all([cpuOver(LENGTH, [pid]), cpuOver(LENGTH, children)]);
  const memory = sum(await Promise.all([pid, ...children].map(residentMegabytes)));
  for (const view of views) {
    await view.stop();
    await view.close();
  }
  return { homebridge, all: homebridge + encoders, memory };
}

async function watched(rig: Rig, { width, height, bitrate }: CameraVideo, count: number, settled = SETTLED) {
  return watchedLoad(rig, { width, height, bitrate }, CHANNELS.slice(0, count), settled);
}

/**
 * What bare ffmpegs use, one a viewer, from RTSP to SRTP, with the same sound.
 *
 * @param video what becomes of the video
 */
export async function bareLoad(
  { ffmpeg, nvr }: Rig,
  channels: readonly number[],
  video: readonly string[] = ['-c:v', 'copy'],
): Promise<number> {
  const sink = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sink, 'listening');
  const { port } = sink.address();
  const srtp = ['-f', 'rtp', '-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80', '-srtp_out_params', KEY];
  const target = `srtp://127.0.0.1:${port}?rtcpport=${port}`;
  const children = channels.map((channel) =>
    spawn(
      ffmpeg.path,
      [
        ...['-hide_banner', '-loglevel', 'error', '-rtsp_transport', 'tcp'],
        ...['-i', `rtsp://admin:admin123@${nvr.host}:${nvr.rtspPort}/live/${channel}/0`],
        ...['-an', ...video, '-payload_type', '99', '-ssrc', '1', ...srtp, `${target}&pkt_size=${PACKET}`],
        ...['-vn', '-c:a', 'libopus', '-application', 'lowdelay', '-frame_duration', '20'],
        ...['-ar', '16000', '-ac', '1', '-b:a', '24k', '-payload_type', '110', '-ssrc', '2', ...srtp, target],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    ),
  );
  await wait(BARE_SETTLED);
  const used = await cpuOver(
    LENGTH,
    children.flatMap(({ pid }) => pid ?? []),
  );
  for (const child of children) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  sink.close();
  return used;
}

/** A Node of its own that is handed the frames of so many cameras as messages; see bare-node.ts. */
async function bareNode({ client }: Rig, count: number): Promise<number> {
  const sink = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sink, 'listening');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const feeds = Array.from({ length: count }, (_, index) => client.feed(index + 1, 'main'));
  const subscriptions: { close(): void }[] = [];
  server.on('connection', (socket) => {
    const feed = feeds[subscriptions.length];
    if (feed) subscriptions.push(feed.subscribe({ frame: ({ data }) => socket.send(data) }, { linger: false }));
  });
  const args = ['--disable-warning=ExperimentalWarning', '--experimental-strip-types', BARE_NODE];
  const child = spawn(process.execPath, [...args, ...[port, count, sink.address().port].map(String)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await wait(NODE_WARM_UP);
  const used = await cpuOver(LENGTH, [child.pid ?? 0]);
  child.kill('SIGKILL');
  await once(child, 'close');
  for (const subscription of subscriptions) subscription.close();
  server.close();
  sink.close();
  return used;
}
