import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { LiveView } from '../test/support/hap/live-view.js';
import { spawnCopy } from './bare-ffmpeg.js';
import { childrenOf, cpuSeconds, residentMegabytes } from './processes.js';
import type { Row } from './report.js';
import type { Rig } from './rig.js';

/** Cameras that stream at once. */
const STREAMS = 4;
/** s */
const LENGTH = 10;

/** What four copied streams cost, beside four bare ffmpeg that copy the same pictures. */
export async function streamingLoad(rig: Rig): Promise<Row[]> {
  const pid = rig.homebridge.pid ?? 0;
  const idle = { rss: await residentMegabytes(pid), cpu: await cpuOver(LENGTH, [pid]) };
  const loaded = await measure(rig, pid);
  const bare = await measureBare(rig);
  return [
    { what: 'CPU s of ffmpeg per stream and 10 s (sound only)', unit: 's', ours: [loaded.ffmpegCpu / STREAMS] },
    {
      what: 'CPU s of Homebridge and ffmpeg per stream and 10 s (picture and sound)',
      unit: 's',
      ours: [(loaded.ffmpegCpu + loaded.pluginCpu - idle.cpu) / STREAMS],
      beside: [{ what: 'bare ffmpeg, picture only', values: [bare.cpu / STREAMS] }],
    },
    { what: 'RSS of Homebridge with the plugin, nobody watching', unit: 'MB', ours: [idle.rss] },
    { what: `RSS of Homebridge with the plugin, ${STREAMS} cameras streaming`, unit: 'MB', ours: [loaded.pluginRss] },
    {
      what: `RSS of the ffmpeg processes, ${STREAMS} cameras streaming`,
      unit: 'MB',
      ours: [loaded.ffmpegRss],
      beside: [{ what: `${STREAMS} bare ffmpeg, picture only`, values: [bare.rss] }],
    },
  ];
}

async function measure(rig: Rig, pid: number) {
  const views = [];
  for (let channel = 1; channel <= STREAMS; channel += 1) {
    views.push(await LiveView.prepare(rig.home, rig.camera(channel), {}));
  }
  for (const view of views) await view.start();
  // Encoders start with the first sound.
  await wait(3000);
  const children = await childrenOf(pid);
  const [pluginCpu, ffmpegCpu] = await Promise.all([cpuOver(LENGTH, [pid]), cpuOver(LENGTH, children)]);
  const result = {
    pluginCpu,
    ffmpegCpu,
    pluginRss: await residentMegabytes(pid),
    ffmpegRss: sum(await Promise.all(children.map(residentMegabytes))),
  };
  for (const view of views) {
    await view.stop();
    await view.close();
  }
  return result;
}

async function measureBare(rig: Rig): Promise<{ cpu: number; rss: number }> {
  const sink = createSocket('udp4').bind(0, '127.0.0.1');
  await once(sink, 'listening');
  const { port } = sink.address();
  const streams = Array.from({ length: STREAMS }, (_, index) => {
    const child = spawnCopy(rig.ffmpeg.path, port);
    const subscription = rig.client.feed(index + 1, 'main').subscribe({
      frame: (frame) => {
        if (frame.kind === 'video') child.stdin.write(frame.data);
      },
    });
    return { child, subscription };
  });
  const pids = streams.flatMap(({ child }) => child.pid ?? []);
  await wait(3000);
  const result = {
    cpu: await cpuOver(LENGTH, pids),
    rss: sum(await Promise.all(pids.map(residentMegabytes))),
  };
  for (const { child, subscription } of streams) {
    subscription.close();
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  sink.close();
  return result;
}

/** CPU time that processes use within that many seconds, s. */
async function cpuOver(seconds: number, pids: readonly number[]): Promise<number> {
  const used = async () => sum(await Promise.all(pids.map(cpuSeconds)));
  const before = await used();
  await wait(seconds * 1000);
  return (await used()) - before;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
