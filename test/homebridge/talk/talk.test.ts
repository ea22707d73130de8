import * as hap from '@homebridge/hap-nodejs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Nvr } from '../../../src/shared/index.js';
import type { RtpHeader } from '../../../src/homebridge/live/rtp.js';
import type { Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { opusTone } from '../../support/audio/opus.js';
import { loudness, toneIn } from '../../support/audio/tone.js';
import { HapCamera } from '../../support/hap/hap-camera.js';
import { until } from '../../support/until.js';
import { anyFfmpeg, type Camera, openCamera, recordingLogger } from '../live/camera.js';
import { Phone } from '../live/phone.js';
import { type Send, speak } from './speech.js';

const { Mute, Volume } = hap.Characteristic;

const logger = recordingLogger();
let camera: Camera;
let ffmpeg: Ffmpeg;

beforeAll(async () => {
  ffmpeg = await anyFfmpeg();
  camera = await openCamera({}, { logger });
});

afterAll(async () => {
  await camera?.[Symbol.asyncDispose]();
});

beforeEach(() => {
  logger.lines.splice(0);
});

const tone = (hertz: number, seconds = 0.6, packetTime = 20) => opusTone(ffmpeg.path, { hertz, seconds, packetTime });

const silence = (seconds: number) => opusTone(ffmpeg.path, { hertz: 440, seconds, amplitude: 0 });

async function watch(audio: Parameters<Phone['start']>[1] = {}): Promise<Phone> {
  const phone = await Phone.open(camera.streaming);
  await phone.prepare();
  await phone.start({}, audio);
  await until('pictures', () => phone.video.packets.length > 5);
  return phone;
}

/** What the loudspeaker plays from now on of a tone. */
function listen(hertz: number): () => Buffer {
  const { frames } = camera.simulator.talk(1);
  const last = frames.at(-1);
  return () => {
    const now = camera.simulator.talk(1).frames;
    const since = last ? now.slice(now.indexOf(last) + 1) : now;
    return toneIn(hertz, Buffer.concat(since.map(({ data }) => data)));
  };
}

/** ms */
const lengthOf = (audio: Buffer) => audio.length / 8;

const talkLines = () => logger.lines.filter((line) => line.includes('talk'));

/** Ends everything that there is of live views. */
async function stop(...phones: readonly Phone[]): Promise<void> {
  for (const phone of phones) phone.hangUp();
  await until('no session', () => camera.streaming.live.sessions === 0);
  await until('no process', () => ffmpeg.children.running === 0);
  const talk = await camera.client.talk(1);
  talk.close();
  expect(camera.simulator.refused).toEqual([]);
}

describe('what a phone says', () => {
  it.each([20, 60])('in packets of %i ms is heard, whole and as loud as it was', async (packetTime) => {
    using phone = await watch({ packet_time: packetTime });
    const heard = listen(440);
    await speak(phone, tone(440, 0.6, packetTime), { packetTime });
    await until('all of it', () => lengthOf(heard()) >= 560);
    expect(lengthOf(heard())).toBeLessThanOrEqual(620);
    // A sine of half the amplitude has 0.35; the encoder takes some of it.
    expect(loudness(heard())).toBeGreaterThan(0.3);
    expect(loudness(heard())).toBeLessThan(0.37);
    await stop(phone);
    expect(talkLines()).toEqual([]);
  });

  it('is as loud as Home says, and not heard while it is muted there', async () => {
    const { speaker, speakerChanges } = HapCamera.of(camera.streaming);
    const set = (kind: typeof Mute | typeof Volume, value: boolean | number) =>
      speaker.getCharacteristic(kind).handleSetRequest(value, {} as never);
    using phone = await watch();
    await set(Volume, 50);
    const [quiet, muted, again] = [listen(440), listen(1500), listen(800)];
    const next = await speak(phone, tone(440));
    await until('all of it', () => lengthOf(quiet()) >= 560);
    // Half of the volume is a quarter of the amplitude.
    expect(loudness(quiet())).toBeGreaterThan(0.3 / 4);
    expect(loudness(quiet())).toBeLessThan(0.37 / 4);
    await set(Mute, true);
    const pause = await speak(phone, tone(1500), { from: next });
    // What is still being decoded is muted, too.
    const last = await speak(phone, silence(0.2), { from: pause });
    await set(Mute, false);
    await set(Volume, 100);
    await speak(phone, tone(800), { from: last });
    await until('it is heard again', () => lengthOf(again()) >= 540);
    expect(loudness(again())).toBeGreaterThan(0.3);
    expect(lengthOf(muted())).toBe(0);
    expect(speakerChanges).toEqual([
      { muted: false, volume: 50 },
      { muted: true, volume: 50 },
      { muted: false, volume: 50 },
      { muted: false, volume: 100 },
    ]);
    await stop(phone);
  });

  it('is refused with one line where another phone is talking', async () => {
    using first = await watch();
    using second = await watch();
    const [heard, unheard] = [listen(440), listen(1500)];
    const talking = speak(first, tone(440, 1));
    await until('the first is heard', () => heard().length > 0);
    await speak(second, tone(1500, 0.4));
    await talking;
    await until('all of the first', () => lengthOf(heard()) >= 960);
    expect(lengthOf(unheard())).toBe(0);
    expect(talkLines()).toEqual(['Camera 1: talk refused: somebody is talking there already']);
    await stop(first, second);
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
    using phone = await watch();
    const heard = listen(440);
    // Across the point where sequence numbers begin anew.
    await speak(phone, tone(440), { from: 65_520, send: send(phone) });
    await until('all of it', () => lengthOf(heard()) >= 520);
    expect(lengthOf(heard())).toBeLessThanOrEqual(620);
    await stop(phone);
  });
});

describe('where the NVR does not let the phone talk', () => {
  it('because somebody else does, one line says so, and the live view goes on', async () => {
    const { host, port } = camera.simulator;
    await using other = new Nvr({ host, port, username: 'admin', password: 'admin123' });
    using phone = await watch();
    await other.talk(1);
    const heard = listen(440);
    const pictures = phone.video.packets.length;
    await speak(phone, tone(440));
    await until('a line', () => talkLines().length > 0);
    await until('pictures go on', () => phone.video.packets.length > pictures + 30);
    expect(talkLines()).toEqual([
      expect.stringMatching(/^Camera 1: talk refused, perhaps somebody is talking there already: /),
    ]);
    expect(heard()).toHaveLength(0);
    expect(camera.streaming.live.sessions).toBe(1);
    phone.hangUp();
  });
});
