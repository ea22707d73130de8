import { describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { opusFrames } from '../../../src/homebridge/live/opus-packet.js';
import { noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { ManualClock, systemClock } from '../../../src/shared/index.js';
import { HapCamera } from '../../support/hap/hap-camera.js';
import { until } from '../../support/until.js';
import { anyFfmpeg, type Camera, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, decodedMarks, steps } from './pictures.js';

const pictures = (phone: Phone) => accessUnits(phone.video.packets);

async function watch(camera: Camera, ...wishes: Parameters<Phone['start']>): Promise<Phone> {
  const phone = await Phone.open(camera.streaming);
  await phone.prepare();
  await phone.start(...wishes);
  return phone;
}

/** `channel stream` of the decoded pictures, each once. */
async function shown(phone: Phone): Promise<string[]> {
  const marks = await decodedMarks((await anyFfmpeg()).path, pictures(phone));
  return [...new Set(marks.map((mark) => `${mark?.channel} ${mark?.stream}`))];
}

/** RTP clock time, s since 1900, by the newest sender report. */
function clockTime(port: Phone['video'], clockRate: number): number {
  const report = port.reports.at(-1);
  const newest = port.packets.at(-1);
  if (!report || !newest) throw new Error('nothing received');
  return report.ntp + ((newest.timestamp - report.timestamp) | 0) / clockRate;
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const listening = once(socket, 'listening').then(
    () => true,
    () => false,
  );
  socket.bind(port, '127.0.0.1');
  const free = await listening;
  socket.close();
  return free;
}

const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

describe('live view', () => {
  it('starts with a keyframe and shows the pictures of the channel', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    using phone = await watch(camera);
    await until('more than a group of pictures', () => pictures(phone).length > 35);
    expect(pictures(phone)[0]?.keyframe).toBe(true);
    expect(await shown(phone)).toEqual(['1 main']);
    expect(await decodedMarks((await anyFfmpeg()).path, pictures(phone))).not.toContain(undefined);
  });

  it('replays the past within an instant, then keeps the time of the NVR', async () => {
    await using camera = await openCamera();
    let frames = 0;
    const subscription = camera.client
      .feed(1, 'main')
      .subscribe({ frame: ({ kind }) => (frames += Number(kind === 'video')) });
    await until('a group of pictures', () => frames > 10);
    using phone = await watch(camera);
    subscription.close();
    await until('live pictures', () => pictures(phone).length > 30);
    const times = steps(pictures(phone).map(({ timestamp }) => timestamp));
    const live = times.findIndex((step) => step > 1000);
    expect(live).toBeGreaterThan(8);
    expect(new Set(times.slice(0, live))).toEqual(new Set([90]));
    // 15 pictures a second, by timestamps of whole ms.
    expect(Math.min(...times.slice(live))).toBeGreaterThanOrEqual(5940);
    expect(Math.max(...times.slice(live))).toBeLessThanOrEqual(6030);
  });

  it.each([
    ['20 ms', 20, 24, 480],
    ['60 ms', 60, 16, 960],
  ] as const)(
    'has %s of Opus in a packet, counted at the negotiated rate',
    async (_, packet_time, sample_rate, step) => {
      await using camera = await openCamera();
      using phone = await watch(camera, {}, { packet_time, sample_rate: sample_rate as number });
      await until('sound', () => phone.audio.packets.length > 20);
      expect(new Set(steps(phone.audio.packets.map(({ timestamp }) => timestamp)))).toEqual(new Set([step]));
      const marked = phone.audio.packets.filter(({ marker }) => marker);
      expect(marked).toEqual(phone.audio.packets.slice(0, 1));
      // 20 ms of CELT a frame, and as many frames as fit (RFC 6716 §3.1).
      const frames = phone.audio.packets.map(({ payload }) => opusFrames(payload).length);
      expect(new Set(frames)).toEqual(new Set([packet_time / 20]));
    },
  );

  it('has sound and pictures on one clock', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera);
    await until('reports of both', () => phone.audio.reports.length > 2 && phone.video.reports.length > 2);
    // Each newest packet is at most some frames old; two clocks would be off by anything.
    expect(Math.abs(clockTime(phone.video, 90_000) - clockTime(phone.audio, 24_000))).toBeLessThan(0.5);
  });

  it('takes no notice of a date that is set, in pictures and reports', async () => {
    let ahead = 0;
    const clock = { ...systemClock, wall: () => Date.now() + ahead };
    await using camera = await openCamera({}, { ffmpeg: noFfmpeg, clock });
    using phone = await watch(camera);
    await until('pictures and a report', () => pictures(phone).length > 15 && phone.video.reports.length > 0);
    const picture = pictures(phone).length;
    for (const step of [3_600_000, -3_600_000, 0]) {
      ahead = step;
      const seen = [pictures(phone).length, phone.video.reports.length] as const;
      await until('more of both', () => pictures(phone).length > seen[0] + 10 && phone.video.reports.length > seen[1]);
    }
    const times = steps(
      pictures(phone)
        .slice(picture)
        .map(({ timestamp }) => timestamp),
    );
    expect(times.filter((step) => step < 5940 || step > 6030)).toEqual([]);
    // Where RTP time began, by each of them.
    const begins = phone.video.reports.map(
      ({ ntp, timestamp }) => ntp - ((timestamp - (phone.video.reports[0]?.timestamp ?? 0)) | 0) / 90_000,
    );
    expect(Math.max(...begins) - Math.min(...begins)).toBeLessThan(0.5);
  });

  it('is for several viewers, who share the feed', async () => {
    await using camera = await openCamera();
    const phones = await Promise.all([watch(camera), watch(camera), watch(camera)]);
    await until('pictures for all', () => phones.every((phone) => pictures(phone).length > 10));
    // Main; sub was held ready for START, and then given up.
    await until('one feed', () => camera.simulator.openSockets === 1);
    await phones[0]?.stop();
    const counts = phones.map((phone) => pictures(phone).length);
    await until('the others go on', () =>
      phones.slice(1).every((phone, i) => pictures(phone).length > (counts[i + 1] ?? 0) + 5),
    );
    for (const phone of phones) phone[Symbol.dispose]();
  });

  it('repeats the group of pictures for a phone that lost some, once', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera);
    await until('pictures', () => pictures(phone).length > 5);
    const before = pictures(phone).length;
    for (let index = 0; index < 5; index += 1) phone.video.askForKeyframe();
    await until('pictures', () => pictures(phone).length > before + 20);
    const later = pictures(phone).slice(before);
    expect(later.filter(({ keyframe }) => keyframe).length).toBe(1);
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
  });

  it('changes over to the sub stream when HomeKit asks for less, and back', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera);
    const ffmpeg = (await anyFfmpeg()).path;
    const newest = async () => {
      const all = pictures(phone);
      // The others would be decoded again each time that it is asked.
      const last = all.slice(all.findLastIndex(({ keyframe }) => keyframe));
      return last.length > 0 && (await decodedMarks(ffmpeg, last)).at(-1)?.stream;
    };
    // The sub stream may have stood in before.
    await until('pictures of main', async () => (await newest()) === 'main', 20_000);
    await phone.reconfigure({ width: 640, height: 360 });
    await until('pictures of sub', async () => (await newest()) === 'sub', 20_000);
    await phone.reconfigure({ width: 1280, height: 720 });
    const before = pictures(phone).length;
    // Until then the sub stream goes on, with keyframes of its own.
    await until('pictures of main again', async () => (await newest()) === 'main', 20_000);
    const later = pictures(phone).slice(before);
    expect(later.some(({ keyframe }) => keyframe)).toBe(true);
    expect((await shown(phone)).toSorted()).toEqual(['1 main', '1 sub']);
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
    expect(new Set(phone.video.packets.map(({ ssrc }) => ssrc)).size).toBe(1);
  });

  it('sends a watch the sub stream', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera, { width: 320, height: 240 });
    await until('pictures', () => pictures(phone).length > 5);
    expect(await shown(phone)).toEqual(['1 sub']);
  });

  it('goes on when the NVR comes back', async () => {
    await using camera = await openCamera();
    using phone = await watch(camera);
    await until('pictures', () => pictures(phone).length > 5);
    await camera.simulator.restart(500);
    const before = pictures(phone).length;
    await until('pictures of the restarted NVR', () => pictures(phone).length > before + 15, 30_000);
    expect(pictures(phone)[before]?.keyframe).toBe(true);
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
  });

  it('leaves no packet, no child process and no port after STOP', async () => {
    await using camera = await openCamera();
    const before = children();
    using phone = await watch(camera);
    await until('pictures and sound', () => pictures(phone).length > 5 && phone.audio.packets.length > 5);
    expect(children()).toBe(before + 1);
    await phone.stop();
    const sent = phone.video.packets.length;
    await until('nothing is left', async () => children() === before && (await isFree(phone.video.remotePort)), 1000);
    expect(await isFree(phone.audio.remotePort)).toBe(true);
    expect(phone.video.packets.length - sent).toBeLessThan(5);
    expect(camera.streaming.live.sessions).toBe(0);
  });

  it('leaves nothing when it was prepared and never started', async () => {
    await using camera = await openCamera();
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await camera.streaming.close();
    expect(await isFree(phone.video.remotePort)).toBe(true);
    expect(await isFree(phone.audio.remotePort)).toBe(true);
  });

  it('ends when the phone has not been heard for 5 s, whatever happens to the date', async () => {
    const clock = new ManualClock(Date.now());
    const logger = recordingLogger();
    await using camera = await openCamera({}, { clock, logger });
    using phone = await watch(camera);
    phone.vanish();
    const ended: string[] = [];
    camera.streaming.controller = { forceStopStreamingSession: (id) => void ended.push(id) };
    await until('pictures', () => pictures(phone).length > 3);
    const before = pictures(phone).length;
    phone.video.askForKeyframe();
    // The repetition, squeezed in time, shows that it was heard.
    await until('the repetition', () =>
      steps(
        pictures(phone)
          .slice(before - 1)
          .map((unit) => unit.timestamp),
      ).includes(90),
    );
    clock.stepWall(3_600_000);
    clock.advance(4500);
    clock.stepWall(-7_200_000);
    expect(ended).toEqual([]);
    clock.advance(1000);
    expect(ended).toEqual([phone.sessionID]);
    expect(camera.streaming.live.sessions).toBe(0);
    expect(logger.lines).toContain('Camera 1: live view ended: nothing heard from the phone for 5 s');
  });

  it('ends within 10 s, and says so, when no picture comes', async () => {
    const clock = new ManualClock(Date.now());
    const logger = recordingLogger();
    await using camera = await openCamera({}, { clock, logger, channel: 77 });
    using phone = await watch(camera);
    clock.advance(7500);
    expect(camera.streaming.live.sessions).toBe(1);
    clock.advance(2000);
    expect(camera.streaming.live.sessions).toBe(0);
    expect(logger.lines).toContain('Camera 1: live view ended: no picture came within 8 s');
    expect(HapCamera.of(camera.streaming).free.length).toBe(4);
    expect(phone.video.packets).toEqual([]);
  });

  it('is refused at once while the NVR is known to be away', async () => {
    const logger = recordingLogger();
    await using camera = await openCamera({}, { logger });
    camera.streaming.obstacle = 'the NVR is away';
    using phone = await Phone.open(camera.streaming);
    await expect(phone.prepare()).rejects.toBe(-70402);
    expect(logger.lines).toContain('Camera 1: live view refused: the NVR is away');
    expect(HapCamera.of(camera.streaming).free.length).toBe(4);
    // Pictures at hand prove that it is not.
    await camera.client.feed(1, 'main').keyframe();
    await phone.prepare();
  });

  it('needs no ffmpeg for the pictures', async () => {
    await using camera = await openCamera({}, { ffmpeg: noFfmpeg });
    expect(camera.streaming.controllerOptions.streamingOptions.audio).toBeUndefined();
    using phone = await watch(camera);
    await until('pictures', () => pictures(phone).length > 5);
    expect(phone.audio.packets).toEqual([]);
  });

  it('goes on without sound when ffmpeg fails', async () => {
    const logger = recordingLogger();
    const broken = { ...(await anyFfmpeg()), path: process.execPath };
    await using camera = await openCamera({}, { ffmpeg: broken, logger });
    using phone = await watch(camera);
    await until('the failure is told', () =>
      logger.lines.some((line) => line.includes('Camera 1: live view goes on without sound')),
    );
    const before = pictures(phone).length;
    await until('pictures', () => pictures(phone).length > before + 5);
    expect(logger.lines.filter((line) => line.includes('Camera 1: live view goes on without sound')).length).toBe(1);
  });
});
