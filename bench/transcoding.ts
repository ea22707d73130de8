import { setTimeout as wait } from 'node:timers/promises';
import { findFfmpeg } from '../src/shared/ffmpeg/index.js';
import { silentLogger } from '../src/shared/index.js';
import { PHONE_AT_HOME } from '../test/support/hap/live-messages.js';
import { cameraLoops } from './camera-loops.js';
import { cpuOver } from './processes.js';
import type { Row } from './report.js';
import { makeRig } from './rig.js';
import { bareLoad, watchedLoad } from './streaming-load.js';

const VIDEO = { name: 'H.265, 1080p, 4 Mbit/s', width: 1920, height: 1080, bitrate: 4000 };
/** Of one camera, who ask for the same. */
const VIEWERS = [1, 4];
/** Each takes a minute and a half. */
const MAX_ROUNDS = 5;
/** ms that are measured. */
const LENGTH = 10_000;
/** ms of live view before anything is measured. */
const WARM_UP = 20_000;
/** ms after which nothing is received any more for viewers that have left. */
const LINGERED = 35_000;
const { width, height, bitrate } = PHONE_AT_HOME;
/** As other plugins do it: one process a viewer. */
const ULTRAFAST = [
  ...['-vf', `scale='min(${width},iw)':'min(${height},ih)':force_original_aspect_ratio=decrease`],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
  ...['-b:v', `${bitrate}k`, '-maxrate', `${bitrate}k`, '-bufsize', `${2 * bitrate}k`],
];

/** What H.265 costs that has to be converted, with sound, beside bare ffmpegs of x264's fastest preset at equal size and rate. */
export async function transcoding(rounds: number): Promise<Row[]> {
  const ffmpeg = await findFfmpeg({ logger: silentLogger });
  const loops = await cameraLoops(ffmpeg.path, VIDEO, 'h265');
  const rig = await makeRig({ codec: 'h265', loops: loops.folder, rtspPort: 0 });
  const loads = new Map(VIEWERS.map((count) => [count, { ours: [] as number[], bare: [] as number[] }]));
  try {
    await watchedLoad(rig, {}, [1], WARM_UP);
    for (let round = 0; round < Math.min(rounds, MAX_ROUNDS); round += 1) {
      for (const [count, { ours, bare }] of loads) {
        const viewers = Array.from({ length: count }, () => 1);
        await wait(LINGERED);
        const idle = await cpuOver(LENGTH, [rig.homebridge.pid ?? 0]);
        ours.push((await watchedLoad(rig, {}, viewers)).all - idle);
        bare.push(await bareLoad(rig, viewers, ULTRAFAST));
      }
    }
  } finally {
    await rig.close();
    await loops.dispose();
  }
  return [...loads].map(([count, { ours, bare }]) => ({
    what: `${VIDEO.name} to 720p at ${bitrate} kbit/s with sound, ${count} ${count === 1 ? 'viewer' : 'viewers of one camera'}: CPU s in 10 s`,
    unit: 's',
    ours,
    beside: [{ what: `${count} bare ffmpeg, RTSP → SRTP, x264 ultrafast, the same sound`, values: bare }],
  }));
}
