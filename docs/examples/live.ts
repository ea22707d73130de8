import { writeFile } from 'node:fs/promises';
import { newestSnapshot, Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const feed = nvr.feed(1, 'main');

// The first picture, to be decoded by itself.
const { codec, width, height, data } = await feed.keyframe();
await writeFile(`picture.${codec}`, data);
console.log(`${codec}, ${width} x ${height}`);

// Pictures and sound, beginning with a keyframe.
let pictures = 0;
for await (const frame of feed.frames()) {
  if (frame.kind === 'video' && ++pictures === 30) break;
}

// Or as JPEG, by the NVR's own means.
await writeFile('fresh.jpg', await nvr.takeSnapshot(1));
const stored = await newestSnapshot(nvr, 1);
console.log(stored ? `${stored.type}, ${stored.taken.toISOString()}` : 'no picture on the disk');
