import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { downloadClip, Nvr, recordedIntervals, saveClipAsMp4 } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const now = Date.now();
const recorded = await recordedIntervals(nvr, { channels: [1], stream: 'main', from: now - 24 * 3_600_000, to: now });
for (const { from, to } of recorded) console.log(`${from.toISOString()} – ${to.toISOString()}`);

// Ten seconds, as the NVR has them and as MP4.
const long = recorded.find(({ from, to }) => to.getTime() - from.getTime() > 60_000);
if (long) {
  const clip = { channel: 1, stream: 'main', from: long.from, to: long.from.getTime() + 10_000 } as const;
  await pipeline(await downloadClip(nvr, clip), createWriteStream('clip.avi'));
  await saveClipAsMp4(nvr, clip, 'clip.mp4');
}
