import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import type { LimitName } from '../../../src/shared/internal.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { openCamera } from './camera.js';
import { type Packet, Phone } from './phone.js';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A slice of so many bytes, as large as no camera makes one. */
function slice(size: number, keyframe: boolean): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 1, keyframe ? 0x65 : 0x41]), Buffer.alloc(size, 0x88)]);
}

/** What a packet has something of (RFC 6184, 5.4 and 5.8). */
function nalTypeOf(payload: Buffer): number {
  const [first = 0, second = 0] = payload;
  return (first & 0x1f) === 28 ? second & 0x1f : first & 0x1f;
}

/** A phone that watches a camera whose first pictures have such slices beside their own, in small packets. */
async function watching(sizes: readonly number[]) {
  const main = await ScriptedFeed.open();
  main.sound = false;
  let usual: readonly Buffer[] = [];
  await main.film((pictures) => {
    usual = pictures;
    const large = sizes.map((size, at) => Buffer.concat([pictures[at] ?? Buffer.alloc(0), slice(size, at === 0)]));
    return Promise.resolve([...large, ...pictures.slice(sizes.length)]);
  });
  const sub = await ScriptedFeed.open('h264', 'sub');
  const camera = await openCamera({}, { ffmpeg: noFfmpeg, clock: main.clock });
  camera.client.feed = (_channel, stream) => (stream === 'main' ? main : sub).feed;
  endings.push(() => camera[Symbol.asyncDispose]());
  const phone = await Phone.open(camera.streaming);
  endings.push(() => phone[Symbol.dispose]());
  await phone.prepare();
  await phone.start({ mtu: 256 });
  main.play(0.5);
  const told = camera.client.limits.hits.map(({ limit }) => limit);
  await main.film(() => Promise.resolve(usual));
  return { main, phone, told };
}

/** Lets the camera film until the phone has ten pictures of the next group. @returns packets of its keyframe */
async function nextKeyframe(main: ScriptedFeed, phone: Phone): Promise<readonly Packet[]> {
  const packets = new Map<number, Packet[]>();
  await until('pictures', async () => {
    // As fast as the phone reads.
    for (let step = 0; step < 25; step += 1) {
      main.play(0.004);
      await setImmediate();
    }
    for (const packet of phone.video.packets.splice(0)) {
      if (main.seconds < 2) continue;
      packets.set(packet.timestamp, [...(packets.get(packet.timestamp) ?? []), packet]);
    }
    return packets.size >= 10;
  });
  return [...packets.values()][0] ?? [];
}

describe('what is more than a phone is sent is told by name, and live view goes on with a keyframe', () => {
  it.each<[LimitName, readonly number[]]>([
    ['phone.packets', [2_000_000]],
    ['phone.waiting', [1_200_000, 1_200_000]],
  ])('%s', async (limit, sizes) => {
    const { main, phone, told } = await watching(sizes);
    expect(told).toEqual([limit]);
    for (const { payload } of await nextKeyframe(main, phone)) expect([5, 6, 7, 8]).toContain(nalTypeOf(payload));
  });
});
