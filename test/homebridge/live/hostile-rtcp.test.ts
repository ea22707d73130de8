import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import * as hap from '@homebridge/hap-nodejs';
import { ManualClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/limits.js';
import { until } from '../../support/until.js';
import { leastTurn } from '../../support/work.js';
import { type Camera, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, steps } from './pictures.js';

const pictures = (phone: Phone) => accessUnits(phone.video.packets);

/** A phone that shows pictures, and from then on says only what it is told to. */
async function watch(camera: Camera, sharesKey = false): Promise<Phone> {
  const phone = await Phone.open(camera.streaming, { sharesKey });
  await phone.prepare();
  await phone.start();
  phone.vanish();
  await until('pictures', () => pictures(phone).length > 3);
  return phone;
}

/** Whether the newest group of pictures came again since then: squeezed in time. */
function repeated(phone: Phone, since: number): boolean {
  const times = pictures(phone)
    .slice(Math.max(0, since - 1))
    .map(({ timestamp }) => timestamp);
  return steps(times).includes(90);
}

/** Somebody else on the phone's machine. */
async function stranger(port: number) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    /** Sends a packet more often than RTCP of one second is looked at. */
    flood: (packet: Buffer) => flood((sent) => socket.send(packet, port, '127.0.0.1', sent), limits.phone.rtcp),
    [Symbol.dispose]: () => void socket.close(),
  };
}

/** ms after which pictures are repeated again. */
const REPEAT_PAUSE = 2000;

type Flooder = Awaited<ReturnType<typeof stranger>>;

/** One packet more than the limit. */
async function flood(send: (sent: () => void) => void, limit: number): Promise<void> {
  for (let count = 0; count <= limit; count += 1) await new Promise<void>((sent) => send(sent));
}

/** So many were looked at in this second that the others are not. */
const flooded = (camera: Camera) => camera.client.limits.hits.some(({ limit }) => limit === 'phone.rtcp');

describe('RTCP that is not of the phone', () => {
  it.each<[string, 'video' | 'audio', (phone: Phone, heard: Buffer) => Buffer | undefined, sharesKey?: boolean]>([
    ["the phone's, replayed from another port", 'video', (_, heard) => heard],
    ["the phone's, replayed to its other port", 'audio', (_, heard) => heard],
    ["the phone's, replayed to its other port under the same key", 'audio', (_, heard) => heard, true],
    ['our own, sent back', 'video', (phone) => phone.video.newestReport],
    ['our own of the sound, sent back to the picture under the same key', 'video', (p) => p.audio.newestReport, true],
    ['one that is not authentic', 'video', (_, heard) => Buffer.from(heard.map((byte, at) => (at < 8 ? byte : ~byte)))],
  ])('%s, keeps no stream alive', async (_, track, forge, sharesKey = false) => {
    const clock = new ManualClock(Date.now());
    const logger = recordingLogger();
    await using camera = await openCamera({}, { clock, logger });
    using phone = await watch(camera, sharesKey);
    await until('sound', () => phone.audio.newestReport);
    const before = pictures(phone).length;
    const heard = phone.video.askForKeyframe();
    await until('it was heard', () => repeated(phone, before));
    clock.advance(4500);
    expect(camera.streaming.live.sessions).toBe(1);
    using other = await stranger(phone[track].remotePort);
    await other.flood(forge(phone, heard) ?? Buffer.alloc(0));
    await until('all were looked at', () => flooded(camera));
    clock.advance(1000);
    expect(camera.streaming.live.sessions).toBe(0);
    expect(logger.lines).toContain('Camera 1: live view ended: nothing heard from the phone for 5 s');
  });
});

it('pictures and sound never have one source: under one key that would be one key stream', async () => {
  const same = jest.spyOn(hap.CameraController, 'generateSynchronisationSource').mockReturnValue(7);
  await using camera = await openCamera();
  using phone = await watch(camera, true);
  same.mockRestore();
  await until('sound', () => phone.audio.packets.length > 0);
  const sources = [phone.video, phone.audio].flatMap(({ packets }) => packets.slice(0, 1).map(({ ssrc }) => ssrc));
  expect(new Set(sources).size).toBe(2);
});

describe('a flood of RTCP', () => {
  it('is looked at in part: no more a second than the limit, while the pictures go on', async () => {
    const clock = new ManualClock(Date.now());
    await using camera = await openCamera({}, { clock });
    using phone = await watch(camera);
    using beside = await watch(camera);
    using other = await stranger(phone.video.remotePort);
    await other.flood(Buffer.from(phone.video.newestReport ?? []));
    await until('it is noticed', () => flooded(camera));
    const before = [pictures(phone).length, pictures(beside).length] as const;
    phone.video.askForKeyframe();
    beside.video.askForKeyframe();
    await until('pictures of both', () => repeated(phone, before[0]) && repeated(beside, before[1]));
    clock.advance(REPEAT_PAUSE);
    const then = pictures(phone).length;
    phone.video.askForKeyframe();
    await until('the phone is heard again', () => repeated(phone, then));
  });

  const garbage = () => Buffer.concat([Buffer.from([0x81, 201, 0, 7]), randomBytes(40)]);
  it.each<[string, (phone: Phone, port: Flooder, heard: Buffer) => Promise<void>]>([
    ['from other ports of its machine', async (_, other) => other.flood(garbage())],
    ["with the phone's own packets", async (_, other, heard) => other.flood(heard)],
    [
      "from the phone's own port",
      async (phone) => flood((sent) => phone.video.send(garbage(), sent), limits.phone.ownRtcp),
    ],
  ])('%s does not cost a phone its view: it is heard all the same', async (_, attack) => {
    const clock = new ManualClock(Date.now());
    await using camera = await openCamera({}, { clock });
    using phone = await watch(camera);
    using other = await stranger(phone.video.remotePort);
    let before = pictures(phone).length;
    let heard = phone.video.askForKeyframe();
    await until('it is heard', () => repeated(phone, before));
    // Longer than a phone may be silent.
    const rounds = 8000 / REPEAT_PAUSE;
    for (let round = 1; round <= rounds; round += 1) {
      clock.advance(REPEAT_PAUSE);
      await attack(phone, other, heard);
      // A busy machine is still looking at it.
      await until('the flood is noticed', () => camera.client.limits.hits[0]?.count === round);
      before = pictures(phone).length;
      heard = phone.video.askForKeyframe();
      await until('it is heard', () => repeated(phone, before));
    }
    expect(camera.client.limits.hits).toMatchObject([{ count: rounds }]);
    expect(camera.streaming.live.sessions).toBe(1);
  });

  it('of the phone itself costs no other stream its pictures, and one line in the log', async () => {
    // Neither says anything else: by a clock that runs, a busy machine would find them silent for too long.
    await using camera = await openCamera({}, { clock: new ManualClock(Date.now()) });
    using phone = await watch(camera);
    using beside = await watch(camera);
    const longest = await leastTurn(250, async () => {
      const before = [phone, beside].map((one) => pictures(one).length);
      for (let sent = 1; sent <= 20_000; sent += 1) {
        phone.video.askForKeyframe();
        if (sent % 100 === 0) await turn();
      }
      await until('pictures', () => [phone, beside].every((one, at) => pictures(one).length > (before[at] ?? 0) + 15));
    });
    expect(longest).toBeLessThan(250);
    expect(camera.client.limits.hits).toMatchObject([{ limit: 'phone.ownRtcp' }]);
    expect(camera.streaming.live.sessions).toBe(2);
  });
});
