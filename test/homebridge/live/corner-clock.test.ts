import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cornerClock, cornerFilters, isWrong, sizeWithin } from '../../../src/homebridge/live/corner-clock.js';
import { clockFace } from '../../../src/homebridge/snapshot/clock-face.js';
import { PastFeed } from '../../../src/shared/internal.js';
import { silentLogger, type StreamName, systemClock } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { annexB } from '../../support/hap/h264-depacketizer.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { allFfmpegs, anyFfmpeg, openCamera } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits } from './pictures.js';

const HOUR = 3_600_000;
const size = { width: 320, height: 180 };

/** What is lit in a grey picture, of all that a clock of this kind may light. */
function timeIn(pixels: Buffer, { width, height }: typeof size, date?: { month: number; day: number }): string[] {
  const lit = ({ hours, minutes }: { hours: number; minutes: number }) =>
    clockFace({ hours, minutes, corner: true, ...(date && { date }) }, { width, height })
      .map((box) => `${box.x},${box.y},${box.width},${box.height}`)
      .sort();
  const isLit = (box: string) => {
    const [x = 0, y = 0, w = 0, h = 0] = box.split(',').map(Number);
    return (pixels[(y + Math.floor(h / 2)) * width + x + Math.floor(w / 2)] ?? 0) > 150;
  };
  const all = new Set(Array.from({ length: 10 }, (_, n) => [...lit({ hours: n * 11, minutes: n * 11 })]).flat());
  const seen = [...all].filter(isLit).sort().join(' ');
  return Array.from({ length: 1440 }, (_, minute) => ({ hours: Math.floor(minute / 60), minutes: minute % 60 }))
    .filter((time) => lit(time).join(' ') === seen)
    .map(({ hours, minutes }) => `${hours}:${minutes}`);
}

/** The minutes that a picture of about now may show, which was recorded so long ago. @param ago ms */
function minutesAt(ago: number): string[] {
  return [-30_000, 0, 30_000].map((around) => {
    const date = new Date(Date.now() - ago + around);
    return `${date.getHours()}:${date.getMinutes()}`;
  });
}

describe.each((await allFfmpegs()).map(({ version, path }) => [version, path] as const))('ffmpeg %s', (_, path) => {
  it.each([7 * HOUR, 25 * HOUR + 120_000, 3 * HOUR + 11 * 60_000])('writes the time of %s ms ago', (ago) => {
    const clock = cornerClock(Date.now() - ago, Date.now());
    const { stdout, stderr } = spawnSync(path, [
      ...['-loglevel', 'error', '-f', 'lavfi', '-i', `color=gray:size=${size.width}x${size.height}`, '-frames:v', '1'],
      ...['-vf', cornerFilters(clock, size).join(','), '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
    ]);
    expect(stderr.toString()).toBe('');
    const [shown = '', ...others] = timeIn(stdout, size, clock.date);
    expect(others).toEqual([]);
    expect(minutesAt(ago)).toContain(shown);
  });
});

it('the time is wrong after a gap, a step of the clock and at midnight, and right where pictures are a little late', () => {
  const now = new Date(2026, 4, 5, 12).getTime();
  const shown = cornerClock(now - HOUR, now);
  expect(isWrong(shown, cornerClock(now - HOUR + 60_000, now + 63_000))).toBe(false);
  expect(isWrong(shown, cornerClock(now - HOUR + 70_000, now + 60_000))).toBe(true);
  expect(isWrong(shown, cornerClock(now - HOUR, now + 10_000))).toBe(true);
  expect(shown.date).toBeUndefined();
  const [late, midnight] = [new Date(2026, 4, 3, 23, 59, 59).getTime(), 2000];
  expect(cornerClock(late, now).date).toEqual({ month: 5, day: 3 });
  expect(isWrong(cornerClock(late, now), cornerClock(late + midnight, now + midnight))).toBe(true);
});

it('is drawn for the size that the picture will have', () => {
  expect(sizeWithin({ width: 1920, height: 1080 }, { width: 1280, height: 720 })).toEqual({ width: 1280, height: 720 });
  expect(sizeWithin({ width: 640, height: 360 }, { width: 1280, height: 720 })).toEqual({ width: 640, height: 360 });
});

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe('what is converted', () => {
  /** A camera in H.265, what it films being played as recorded so long ago. */
  async function playing() {
    const film = await ScriptedFeed.open('h265', 'main');
    film.sound = false;
    let ago = 7 * HOUR;
    const past = new PastFeed({
      play: () => ({
        subscribe: (listener) =>
          film.feed.subscribe({
            frame: (frame) => listener.frame({ ...frame, timestamp: Date.now() - ago }),
          }),
        close: () => undefined,
      }),
      otherwise: () => ({ channel: 1, time: Date.now() - ago }),
      ...{ clock: systemClock, logger: silentLogger, lingerMs: 0 },
    });
    endings.push(() => past.close());
    const camera = await openCamera();
    endings.push(() => camera[Symbol.asyncDispose]());
    camera.client.feed = ((_channel: number, stream: StreamName) => past.as(stream)) as never;
    const phone = await Phone.open(camera.streaming);
    endings.push(() => phone[Symbol.dispose]());
    await phone.prepare();
    await phone.start({});
    const pictures = () => accessUnits(phone.video.packets);
    /** Pictures come, up to one that shows the time so long ago, and the date where that is another. @param past ms */
    const shows = async (past: number) => {
      let from = 0;
      await until('the time', async () => {
        film.play(1 / 15);
        const units = pictures();
        if (units.length < from + 5) return false;
        from = units.length;
        const { path } = await anyFfmpeg();
        const { stdout } = spawnSync(
          path,
          [
            ...['-loglevel', 'fatal', '-f', 'h264', '-i', 'pipe:0', '-vsync', '0'],
            ...['-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
          ],
          { input: annexB(units), maxBuffer: 512 * 1024 * 1024 },
        );
        const whole = { width: 1280, height: 720 };
        const last = stdout.subarray(stdout.length - whole.width * whole.height);
        const { date } = cornerClock(Date.now() - past, Date.now());
        return timeIn(last, whole, date).some((time) => minutesAt(past).includes(time));
      });
    };
    return { shows, jump: (to: number) => void (ago = to) };
  }

  it('of the past has its time in the corner, and the other one after a gap of the recordings', async () => {
    const { shows, jump } = await playing();
    await shows(7 * HOUR);
    jump(5 * HOUR + 13 * 60_000);
    await shows(5 * HOUR + 13 * 60_000);
  });
});
