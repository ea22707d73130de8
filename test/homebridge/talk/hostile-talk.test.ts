import { randomBytes, randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import type { Phone } from '../live/phone.js';
import { PAYLOAD_TYPE, type Speech, speak } from './speech.js';
import { Studio } from './studio.js';

let studio: Studio;
/** One for all: a camera does not start as many processes as there are cases here. */
let phone: Phone;
/** Number of its next packet. */
let number = 1000;

beforeAll(async () => {
  studio = await Studio.open();
  phone = await studio.phone();
});

afterAll(async () => {
  await studio?.hangUp(phone);
  phone?.[Symbol.dispose]();
  await studio?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  studio.complaints();
});

async function say(packets: readonly Buffer[], speech: Omit<Speech, 'from'> = {}): Promise<void> {
  number = await speak(phone, packets, { ...speech, from: number });
}

/** It must be heard now, whatever was before. */
async function isHeard(hertz: number): Promise<void> {
  const heard = studio.listen(hertz);
  await say(studio.tone(hertz, 0.4));
  await until(`${hertz} Hz`, () => heard().length >= 300);
}

/** Somebody else on the phone's machine. */
async function stranger() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let closed = false;
  return {
    send: (packet: Buffer) => socket.send(packet, phone.audio.remotePort, '127.0.0.1'),
    /** Goes on until it is closed. */
    flood: async (forge: () => Buffer) => {
      for (; !closed; await turn()) {
        for (let count = 0; count < 10; count += 1) socket.send(forge(), phone.audio.remotePort, '127.0.0.1');
      }
    },
    [Symbol.dispose]: () => {
      if (!closed) socket.close();
      closed = true;
    },
  };
}

/** Bytes that go on where the phone left off, as far as one sees that without the key. */
function likely(): Buffer {
  const packet = Buffer.concat([Buffer.from([0x80, PAYLOAD_TYPE]), randomBytes(90)]);
  packet.writeUInt16BE((number + randomInt(40)) % 2 ** 16, 2);
  packet.writeUInt32BE(2, 8);
  return packet;
}

describe('nobody but the phone is heard', () => {
  it('whoever replays what it said, to whatever port and from whatever port', async () => {
    const said: Buffer[] = [];
    const heard = studio.listen(440);
    await say(studio.tone(440), { send: (header, payload) => said.push(phone.audio.sendRtp(header, payload)) });
    await until('it is heard', () => heard().length >= 560);
    using other = await stranger();
    for (const packet of said) {
      other.send(packet);
      phone.audio.send(packet);
      phone.video.send(packet);
    }
    await isHeard(1500);
    expect(heard().length).toBeLessThanOrEqual(620);
  });

  it('and not we ourselves, where our own sound is sent back: both directions share the key', async () => {
    await isHeard(1500);
    const received: Buffer[] = [];
    phone.audio.onDatagram = (packet) => received.push(packet);
    await until('sound', () => received.length > 50);
    const { frames } = studio.camera.simulator.talk(1);
    const before = frames.length;
    for (const packet of received) phone.audio.send(packet);
    await until('more of it', () => received.length > 100);
    phone.audio.onDatagram = undefined;
    expect(frames.length).toBe(before);
  });

  it.each<[string, () => Buffer]>([
    ['packets that begin like RTP', () => Buffer.concat([Buffer.from([0x80, PAYLOAD_TYPE]), randomBytes(90)])],
    ['datagrams of 60 kB', () => Buffer.alloc(60_000, 0x80)],
    ['any bytes', () => randomBytes(randomInt(200))],
  ])('also in a flood of %s', async (_, forge) => {
    using other = await stranger();
    const flooded = other.flood(forge);
    const heard = studio.listen(440);
    await say(studio.tone(440, 1));
    await until('it is heard', () => heard().length >= 500);
    other[Symbol.dispose]();
    await flooded;
  });

  it('though one who floods with what the phone might send next may drown it out: the live view goes on, and the phone is heard afterwards', async () => {
    await isHeard(440);
    using other = await stranger();
    const flooded = other.flood(likely);
    const pictures = phone.video.packets.length;
    await say(studio.tone(440, 0.4));
    await until('pictures go on', () => phone.video.packets.length > pictures + 20);
    other[Symbol.dispose]();
    await flooded;
    const second = performance.now();
    await until('another second', () => performance.now() - second > 1000);
    await isHeard(1500);
    expect(studio.camera.client.limits.hits.map(({ limit }) => limit)).toContain('phone.ownRtp');
  });
});

describe('whatever the phone itself sends', () => {
  it('as a payload type that was not agreed on is not heard', async () => {
    const unheard = studio.listen(440);
    for (const payloadType of [0, 13, 72, 96, 111, 127]) await say(studio.tone(440, 0.1), { payloadType });
    await isHeard(1500);
    expect(unheard().length).toBe(0);
  });

  it('in packets of rubbish, empty ones and large ones costs neither the live view nor what follows', async () => {
    for (const length of [80, 0, 1, 1478, 9000]) await say(Array.from({ length: 10 }, () => randomBytes(length)));
    await isHeard(1500);
    expect(studio.complaints()).toEqual([]);
  });

  it('with a hole of a second, and numbers that jump, goes on being heard', async () => {
    await isHeard(440);
    const silent = performance.now();
    await until('a hole', () => performance.now() - silent > 1000);
    number += 50;
    await isHeard(1500);
    number += 30_000;
    await isHeard(800);
    number += 30_000;
    await isHeard(440);
    expect(studio.complaints()).toEqual([]);
  });

  it('from a source that takes the place of another one is heard', async () => {
    await isHeard(440);
    const silent = performance.now();
    await until('the first is silent', () => performance.now() - silent > 600);
    const second = studio.listen(1500);
    await say(studio.tone(1500, 0.4), { ssrc: 3 });
    await until('the second is heard', () => second().length >= 340);
  });

  it('from another source each time is one of them at a time', async () => {
    const silent = performance.now();
    await until('a pause', () => performance.now() - silent > 600);
    const heard = studio.listen(440);
    let ssrc = 100;
    await say(studio.tone(440, 1), {
      send: (header, payload) => phone.audio.sendRtp({ ...header, ssrc: ssrc++ }, payload),
    });
    await until('a pause', () => performance.now() - silent > 2200);
    // Sources are forgotten by nobody, and there is no room for more: those that were there are heard.
    await isHeard(1500);
    expect(heard().length).toBeLessThanOrEqual(100);
  });
});

describe('what happens on the way', () => {
  it('an ffmpeg that dies is replaced after a while, and one line says that it died', async () => {
    await isHeard(440);
    for (const child of await studio.decoders()) process.kill(child, 'SIGKILL');
    await until('a line', () => studio.lines.some((line) => /^Camera 1: talk failed: /.test(line)));
    const again = studio.listen(1500);
    // 3 s, in which nobody hears it.
    await say(studio.tone(1500, 4));
    await until('it is heard again', () => again().length >= 300);
    expect(studio.complaints()).toHaveLength(1);
  });

  it('an NVR that closes the line as soon as it is open is called again, and one line says that it refuses', async () => {
    const { faults } = studio.camera.simulator;
    // Another live view: a line is told once in each.
    await studio.hangUp(phone);
    phone[Symbol.dispose]();
    phone = await studio.phone();
    const heard = studio.listen(440);
    faults.rejectTalk = true;
    await say(studio.tone(440, 0.6));
    const told: string[] = [];
    await until('it is told', () => told.push(...studio.complaints()) > 0);
    faults.rejectTalk = false;
    await say(studio.tone(440, 4));
    await until('it is heard', () => heard().length >= 300);
    told.push(...studio.complaints());
    expect(told).toEqual([expect.stringMatching(/^Camera 1: talk refused, perhaps somebody/)]);
  });
});
