import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/limits.js';
import { until } from '../../support/until.js';
import { type Camera, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, steps } from './pictures.js';

const pictures = (phone: Phone) => accessUnits(phone.video.packets);

/** A phone that shows pictures, and from then on says only what it is told to. */
async function watch(camera: Camera): Promise<Phone> {
  const phone = await Phone.open(camera.streaming);
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
    async flood(packet: Buffer) {
      for (let count = 0; count < limits.phone.rtcp + 1; count += 1) {
        await new Promise((sent) => socket.send(packet, port, '127.0.0.1', sent));
      }
    },
    [Symbol.dispose]: () => void socket.close(),
  };
}

/** So many were looked at in this second that the others are not. */
const flooded = (camera: Camera) => camera.client.limits.hits.some(({ limit }) => limit === 'phone.rtcp');

describe('RTCP that is not of the phone', () => {
  it.each<[string, 'video' | 'audio', (phone: Phone, heard: Buffer) => Buffer | undefined]>([
    ["the phone's, replayed from another port", 'video', (_, heard) => heard],
    ["the phone's, replayed to its other port", 'audio', (_, heard) => heard],
    ['our own, sent back', 'video', (phone) => phone.video.newestReport],
    ['one that is not authentic', 'video', (_, heard) => Buffer.from(heard.map((byte, at) => (at < 8 ? byte : ~byte)))],
  ])('%s, keeps no stream alive', async (_, track, forge) => {
    const clock = new ManualClock(Date.now());
    const logger = recordingLogger();
    await using camera = await openCamera({}, { clock, logger });
    using phone = await watch(camera);
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
    await until(
      'pictures of both',
      () => pictures(phone).length > before[0] + 15 && pictures(beside).length > before[1] + 15,
    );
    expect(repeated(phone, before[0])).toBe(false);
    expect(repeated(beside, before[1])).toBe(true);
    clock.advance(1000);
    const then = pictures(phone).length;
    phone.video.askForKeyframe();
    await until('the phone is heard again', () => repeated(phone, then));
  });

  it('of the phone itself costs no other stream its pictures, and one line in the log', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera);
    using beside = await watch(camera);
    const before = [phone, beside].map((one) => pictures(one).length);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    for (let sent = 1; sent <= 20_000; sent += 1) {
      phone.video.askForKeyframe();
      if (sent % 100 === 0) await turn();
    }
    await until('pictures', () => [phone, beside].every((one, at) => pictures(one).length > (before[at] ?? 0) + 15));
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(250);
    expect(camera.client.limits.hits).toMatchObject([{ limit: 'phone.rtcp' }]);
    expect(camera.streaming.live.sessions).toBe(2);
  });
});
