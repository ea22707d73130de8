import * as hap from '@homebridge/hap-nodejs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Nvr } from '../../../src/shared/index.js';
import type { RtpHeader } from '../../../src/homebridge/live/rtp.js';
import { loudness } from '../../support/audio/tone.js';
import { HapCamera } from '../../support/hap/hap-camera.js';
import { until } from '../../support/until.js';
import type { Phone } from '../live/phone.js';
import { type Send, speak } from './speech.js';
import { Studio } from './studio.js';

const { Mute, Volume } = hap.Characteristic;

let studio: Studio;

beforeAll(async () => {
  studio = await Studio.open();
});

afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  studio.complaints();
});

describe('what a phone says', () => {
  it.each([20, 60])('in packets of %i ms is heard, whole and as loud as it was', async (packetTime) => {
    using phone = await studio.phone({ packet_time: packetTime });
    const heard = studio.listen(440);
    await speak(phone, studio.tone(440, 0.6, { packetTime }), { packetTime });
    await until('all of it', () => heard().length >= 560);
    expect(heard().length).toBeLessThanOrEqual(620);
    // A sine of half the amplitude has 0.35; the encoder takes some of it.
    expect(loudness(heard().audio)).toBeGreaterThan(0.3);
    expect(loudness(heard().audio)).toBeLessThan(0.37);
    await studio.hangUp(phone);
    expect(studio.complaints()).toEqual([]);
  });

  it('is as loud as Home says, and not heard while it is muted there', async () => {
    const { speaker, speakerChanges } = HapCamera.of(studio.camera.streaming);
    const set = (kind: typeof Mute | typeof Volume, value: boolean | number) =>
      speaker.getCharacteristic(kind).handleSetRequest(value, {} as never);
    using phone = await studio.phone();
    await set(Volume, 50);
    const [quiet, muted, again] = [studio.listen(440), studio.listen(1500), studio.listen(800)];
    const next = await speak(phone, studio.tone(440));
    await until('all of it', () => quiet().length >= 560);
    // Half of the volume is a quarter of the amplitude.
    expect(loudness(quiet().audio)).toBeGreaterThan(0.3 / 4);
    expect(loudness(quiet().audio)).toBeLessThan(0.37 / 4);
    await set(Mute, true);
    const pause = await speak(phone, studio.tone(1500), { from: next });
    // What is still being decoded is muted, too.
    const last = await speak(phone, studio.tone(440, 0.2, { amplitude: 0 }), { from: pause });
    await set(Mute, false);
    await set(Volume, 100);
    await speak(phone, studio.tone(800), { from: last });
    await until('it is heard again', () => again().length >= 540);
    expect(loudness(again().audio)).toBeGreaterThan(0.3);
    expect(muted().length).toBe(0);
    expect(speakerChanges).toEqual([
      { muted: false, volume: 50 },
      { muted: true, volume: 50 },
      { muted: false, volume: 50 },
      { muted: false, volume: 100 },
    ]);
    await studio.hangUp(phone);
  });

  it('is refused with one line where another phone is talking', async () => {
    using first = await studio.phone();
    using second = await studio.phone();
    const [heard, unheard] = [studio.listen(440), studio.listen(1500)];
    const talking = speak(first, studio.tone(440, 1));
    await until('the first is heard', () => heard().length > 0);
    await speak(second, studio.tone(1500, 0.4));
    await talking;
    await until('all of the first', () => heard().length >= 960);
    await until('the second is told', () => studio.lines.some((line) => line.includes('talk')));
    expect(unheard().length).toBe(0);
    expect(studio.complaints()).toEqual(['Camera 1: talk refused: somebody is talking there already']);
    await studio.hangUp(first, second);
  });
});

describe('on a bad network', () => {
  it.each<[string, (phone: Phone) => Send]>([
    [
      'every tenth packet is lost',
      (phone) => (header, payload, at) => at % 10 !== 5 && phone.audio.sendRtp(header, payload),
    ],
    ['each packet comes twice', (phone) => (header, payload) => phone.audio.send(phone.audio.sendRtp(header, payload))],
    [
      'packets are exchanged',
      (phone) => {
        let held: [RtpHeader, Buffer] | undefined;
        return (header, payload, at) => {
          if (at % 4 === 1) return void (held = [header, payload]);
          phone.audio.sendRtp(header, payload);
          if (held) phone.audio.sendRtp(...held);
          held = undefined;
        };
      },
    ],
  ])('all of it is heard, and in order: %s', async (_, send) => {
    using phone = await studio.phone();
    const heard = studio.listen(440);
    // Across the point where sequence numbers begin anew.
    await speak(phone, studio.tone(440), { from: 65_520, send: send(phone) });
    await until('all of it', () => heard().length >= 520);
    expect(heard().length).toBeLessThanOrEqual(620);
    await studio.hangUp(phone);
  });
});

describe('where the NVR does not let the phone talk', () => {
  it('because somebody else does, one line says so, and the live view goes on', async () => {
    const { host, port } = studio.camera.simulator;
    await using other = new Nvr({ host, port, username: 'admin', password: 'admin123' });
    using phone = await studio.phone();
    await other.talk(1);
    const heard = studio.listen(440);
    const pictures = phone.video.packets.length;
    await speak(phone, studio.tone(440));
    await until('pictures go on', () => phone.video.packets.length > pictures + 30);
    expect(studio.complaints()).toEqual([
      expect.stringMatching(/^Camera 1: talk refused, perhaps somebody is talking there already: /),
    ]);
    expect(heard().length).toBe(0);
    expect(studio.camera.streaming.live.sessions).toBe(1);
    phone.hangUp();
  });
});
