import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { type Ffmpeg, noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { CameraSnapshots, type CameraSnapshotsOptions } from '../../../src/homebridge/snapshot/camera-snapshots.js';
import { PicturePool } from '../../../src/homebridge/snapshot/picture-pool.js';
import { placeholder } from '../../../src/homebridge/snapshot/placeholder.js';
import { type Box, clockFace } from '../../../src/homebridge/snapshot/clock-face.js';
import { type Clock, type LiveFeed, ManualClock, silentLogger, systemClock } from '../../../src/shared/index.js';
import { limits, PastFeed } from '../../../src/shared/internal.js';
import { until } from '../../support/until.js';
import { readPictureMark } from '../../support/picture-mark.js';
import { allFfmpegs, anyFfmpeg, type Camera, openCamera, recordingLogger } from '../live/camera.js';
import { greyPixels, jpegSize } from './jpeg.js';

const size = { width: 640, height: 360 };
/** A second of it is four of the machine's: by it, an ffmpeg that starts while the machine is busy is not late. */
const patient: Clock = {
  ...systemClock,
  now: () => systemClock.now() / 4,
  after: (ms, action) => systemClock.after(4 * ms, action),
};

interface Snapshots extends AsyncDisposable {
  readonly snapshots: CameraSnapshots;
  readonly pictures: PicturePool | undefined;
  readonly warnings: readonly string[];
}

async function snapshotsOf(
  camera: Camera,
  changes: Partial<CameraSnapshotsOptions> & { ffmpeg?: Ffmpeg } = {},
): Promise<Snapshots> {
  const { client } = camera;
  const logger = recordingLogger();
  const { ffmpeg = await anyFfmpeg(), clock = patient, ...others } = changes;
  const pictures = ffmpeg.path ? new PicturePool({ ffmpeg, clock }) : undefined;
  const snapshots = new CameraSnapshots({
    feed: (stream) => client.feed(1, stream),
    takeSnapshot: (signal) => client.takeSnapshot(1, { signal }),
    pictures,
    limits: client.limits,
    name: 'Front door',
    logger,
    clock,
    ...others,
  });
  return {
    snapshots,
    pictures,
    warnings: logger.lines,
    async [Symbol.asyncDispose]() {
      await snapshots.close();
      await pictures?.close();
    },
  };
}

async function pixelsOf(jpeg: Buffer): Promise<Buffer> {
  return greyPixels((await anyFfmpeg()).path, jpeg);
}

const mean = (pixels: Buffer) => pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length;
const noChildIsLeft = () => !process.getActiveResourcesInfo().includes('ProcessWrap');

describe.each((await allFfmpegs()).map((ffmpeg) => [ffmpeg.version, ffmpeg] as const))(
  'with ffmpeg %s',
  (_, ffmpeg) => {
    it.each(['h264', 'h265'] as const)('a warm %s feed gives its keyframe in the size asked for', async (codec) => {
      await using camera = await openCamera({ codec });
      await camera.client.feed(1, 'main').keyframe();
      await using taken = await snapshotsOf(camera, { ffmpeg });
      for (let round = 0; round < 2; round += 1) {
        const jpeg = await taken.snapshots.take(size);
        expect(jpegSize(jpeg)).toEqual(size);
        expect(readPictureMark(await pixelsOf(jpeg), 640, 360)).toMatchObject({ channel: 1, stream: 'main' });
      }
      expect(camera.simulator.snapshotPaths).toEqual([]);
    });

    it.each(['h264', 'h265'] as const)(
      'for an event it is the %s picture of the moment, not the keyframe before',
      async (codec) => {
        await using camera = await openCamera({ codec });
        const feed = camera.client.feed(1, 'main');
        // Pictures carry their number, 15 a second, modulo 150; so do the NVR's times.
        const numberOf = (timestamp: number) => Math.floor((timestamp * 15) / 1000) % 150;
        let newest = 0;
        let after = 0;
        const frame: Parameters<LiveFeed['subscribe']>[0]['frame'] = (seen) => {
          if (seen.kind !== 'video') return;
          newest = numberOf(seen.timestamp + 1);
          after = seen.keyframe ? 0 : after + 1;
        };
        const subscription = feed.subscribe({ frame });
        await using taken = await snapshotsOf(camera, { ffmpeg });
        await until('a keyframe that is old', () => after >= 12);
        const asked = newest;
        const jpeg = await taken.snapshots.take({ ...size, reason: 1 });
        subscription.close();
        const { picture = -1, ...shown } = readPictureMark(await pixelsOf(jpeg), 640, 360) ?? {};
        expect(shown).toMatchObject({ channel: 1, stream: 'main' });
        expect((asked - picture + 150) % 150).toBeLessThanOrEqual(2);
      },
    );

    it('an old picture is dimmed and has its time on it', async () => {
      const clock = new ManualClock(Date.now());
      await using camera = await openCamera();
      await camera.client.feed(1, 'main').keyframe();
      await using taken = await snapshotsOf(camera, { ffmpeg, clock });
      const bright = await pixelsOf(await taken.snapshots.take(size));
      await camera.simulator.stop();
      await until('the feed is lost', () => !camera.client.feed(1, 'main').warm);
      clock.advance(600_000);
      const pending = taken.snapshots.take(size);
      clock.advance(600);
      const dark = await pixelsOf(await pending);
      expect(mean(dark)).toBeLessThan(mean(bright) * 0.7);
      // The middle row of the clock face has white strokes.
      const row = dark.subarray(180 * 640, 181 * 640);
      expect([...row].filter((pixel) => pixel > 220).length).toBeGreaterThan(10);
    });
  },
);

describe('snapshot', () => {
  it('of the past is as bright as it was, with its date and time in a corner, and is played for once', async () => {
    await using camera = await openCamera();
    let played = 0;
    const past = new PastFeed({
      play({ channel, time }) {
        played += 1;
        return camera.client.playback({ channel, stream: 'main', from: time });
      },
      otherwise: () => ({ channel: 1, time: Date.now() - 25 * 3_600_000 }),
      ...{ clock: systemClock, logger: silentLogger, lingerMs: 0 },
    });
    await using taken = await snapshotsOf(camera, { feed: (stream) => past.as(stream), takeSnapshot: undefined });
    const pixels = await pixelsOf(await taken.snapshots.take(size));
    await taken.snapshots.take(size);
    const shown = new Date(past.latestKeyframe?.timestamp ?? 0);
    past.close();
    expect(played).toBe(1);
    expect(readPictureMark(pixels, 640, 360)).toMatchObject({ channel: 1, stream: 'main' });
    const date = { month: shown.getMonth() + 1, day: shown.getDate() };
    const strokes = clockFace({ hours: shown.getHours(), minutes: shown.getMinutes(), date, corner: true }, size);
    const middle = ({ x, y, width, height }: Box) =>
      pixels[(y + Math.floor(height / 2)) * 640 + x + Math.floor(width / 2)];
    expect(strokes.map(middle).filter((pixel = 0) => pixel < 180)).toEqual([]);
  });

  it('keeps the aspect by black bars', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    await using taken = await snapshotsOf(camera);
    const jpeg = await taken.snapshots.take({ width: 640, height: 480 });
    expect(jpegSize(jpeg)).toEqual({ width: 640, height: 480 });
    const pixels = await pixelsOf(jpeg);
    expect(mean(pixels.subarray(0, 640 * 40))).toBeLessThan(20);
    expect(readPictureMark(pixels.subarray(640 * 60, 640 * 420), 640, 360)).toMatchObject({ channel: 1 });
  });

  it('is made once for all who ask at the same time', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    await using taken = await snapshotsOf(camera);
    const jpegs = await Promise.all(Array.from({ length: 5 }, () => taken.snapshots.take(size)));
    expect(new Set(jpegs).size).toBe(1);
  });

  it('of a cold feed does not wait for the next keyframe: the NVR has a snapshot of its own', async () => {
    await using camera = await openCamera();
    camera.simulator.faults.silentLive = true;
    await using taken = await snapshotsOf(camera);
    // No keyframe will ever come. A machine that is slow today shows the placeholder first.
    const jpeg = await until('a picture', async () => {
      const answer = await taken.snapshots.take(size);
      return readPictureMark(await pixelsOf(answer), 640, 360)?.channel === 1 && answer;
    });
    expect(jpegSize(jpeg)).toEqual(size);
  });

  it('for an event waits longer for a camera that nobody watches, and is no picture from before passed off as one of it', async () => {
    const clock = new ManualClock(Date.now());
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    await using taken = await snapshotsOf(camera, { clock });
    const bright = await pixelsOf(await taken.snapshots.take(size));
    await camera.simulator.stop();
    await until('the feed is lost', () => !camera.client.feed(1, 'main').warm);
    clock.advance(5000);
    // A tile shows it as it is; a notification says that it is from before.
    const tile = taken.snapshots.take(size);
    clock.advance(600);
    expect(mean(await pixelsOf(await tile))).toBeCloseTo(mean(bright), -1);
    const pending = taken.snapshots.take({ ...size, reason: 1 });
    await until('it is waiting', () => clock.pending > 0);
    clock.advance(4000);
    expect(mean(await pixelsOf(await pending))).toBeLessThan(mean(bright) * 0.7);
  });

  it('comes from the NVR as it is where there is no ffmpeg', async () => {
    await using camera = await openCamera();
    await using taken = await snapshotsOf(camera, { ffmpeg: noFfmpeg });
    expect(readPictureMark(await pixelsOf(await taken.snapshots.take(size)), 640, 360)).toMatchObject({ channel: 1 });
  });

  it('of a camera that cannot be reached says so', async () => {
    await using camera = await openCamera();
    await using taken = await snapshotsOf(camera);
    await using bare = await snapshotsOf(camera, { ffmpeg: noFfmpeg });
    await camera.simulator.stop();
    expect(jpegSize(await taken.snapshots.take(size))).toEqual(size);
    expect(await bare.snapshots.take(size)).toEqual(await placeholder());
  });

  it('is the placeholder where ffmpeg fails, and the log says why', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    await using taken = await snapshotsOf(camera, { ffmpeg: { ...(await anyFfmpeg()), path: process.execPath } });
    expect(await taken.snapshots.take(size)).toEqual(await placeholder());
    expect(taken.warnings).toContainEqual(expect.stringContaining('ffmpeg made no picture'));
  });

  it('leaves no process: those that stand by go when Home does not ask any more, all go at the end', async () => {
    const clock = new ManualClock(Date.now());
    await using camera = await openCamera();
    await camera.client.feed(1, 'sub').keyframe();
    await using taken = await snapshotsOf(camera, { clock });
    await taken.snapshots.take(size);
    await until('a process stands by', () => taken.pictures?.processes === 1);
    clock.advance(15_000);
    await until('it is gone', noChildIsLeft);
    await taken.snapshots.take(size);
    await taken.snapshots.close();
    await taken.pictures?.close();
    await until('all are gone', noChildIsLeft);
    expect(clock.pending).toBe(0);
  });

  it('of a tile is taken from the sub stream, a larger one from the main stream', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'sub').keyframe();
    await using taken = await snapshotsOf(camera);
    const markOf = async (asked: typeof size) =>
      readPictureMark(await pixelsOf(await taken.snapshots.take(asked)), asked.width, asked.height);
    expect(await markOf(size)).toMatchObject({ channel: 1, stream: 'sub' });
    await camera.client.feed(1, 'main').keyframe();
    expect(await markOf({ width: 1280, height: 720 })).toMatchObject({ channel: 1, stream: 'main' });
  });

  it('that is no size is refused, counted, and logged once', async () => {
    await using camera = await openCamera();
    await using taken = await snapshotsOf(camera);
    for (const width of ['640,metadata=print:file=/tmp/x', 100_000, -1]) {
      await expect(taken.snapshots.take({ width, height: 360 })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    }
    expect(camera.client.limits.hits).toMatchObject([{ limit: 'snapshot.largest', count: 3 }]);
    expect(taken.pictures?.processes).toBe(0);
  });

  it('of a picture that ffmpeg cannot decode is the placeholder, and the log says so once, by the name of the camera', async () => {
    await using camera = await openCamera();
    const taking = () => Promise.resolve(jpegOf(1280, 720));
    await using taken = await snapshotsOf(camera, { takeSnapshot: taking });
    camera.simulator.faults.silentLive = true;
    for (let round = 0; round < 2; round += 1) expect(jpegSize(await taken.snapshots.take(size))).toEqual(size);
    expect(taken.warnings.filter((line) => /^Front door: no snapshot: ffmpeg made no picture/.test(line)).length).toBe(
      1,
    );
  });

  it.each([
    ['is enormous', jpegOf(15_000, 15_000), 'snapshot.pixels'],
    ['is long and thin', jpegOf(20_000, 16), 'snapshot.pixels'],
    ['is no picture', Buffer.from('<html>error</html>'), undefined],
    ['takes too many bytes', Buffer.concat([jpegOf(1280, 720), Buffer.alloc(limits.snapshot.jpeg)]), 'snapshot.jpeg'],
  ])("neither reaches ffmpeg nor HomeKit where the NVR's own %s", async (_, jpeg, limit) => {
    await using camera = await openCamera();
    camera.simulator.faults.silentLive = true;
    const takeSnapshot = () => Promise.resolve(jpeg);
    await using bare = await snapshotsOf(camera, { takeSnapshot, ffmpeg: noFfmpeg });
    expect(await bare.snapshots.take(size)).toEqual(await placeholder());
    await using taken = await snapshotsOf(camera, { takeSnapshot });
    expect(jpegSize(await taken.snapshots.take(size))).toEqual(size);
    expect(taken.warnings.filter((line) => line.includes('no snapshot:'))).toEqual([]);
    expect(camera.client.limits.hits.map((hits) => hits.limit)).toEqual(limit ? [limit] : []);
  });

  it.each([
    ['enormous', 'snapshot.pixels', '4112x4096'],
    ['long and thin', 'snapshot.side', '8208x16'],
  ])('of a camera whose pictures are %s is its smaller one, and the limit is told', async (_, limit, large) => {
    await using camera = await openCamera();
    const { path } = await anyFfmpeg();
    const source = ['-loglevel', 'error', '-f', 'lavfi', '-i', `color=red:s=${large}`, '-frames:v', '1'];
    const data = execFileSync(path, [...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'h264', 'pipe:1']);
    const huge = { kind: 'video', codec: 'h264', keyframe: true, timestamp: 0, width: 640, height: 360, data } as const;
    const main = { warm: true, latestKeyframe: huge, keyframe: () => Promise.resolve(huge) } as unknown as LiveFeed;
    await camera.client.feed(1, 'sub').keyframe();
    await using taken = await snapshotsOf(camera, {
      feed: (stream) => (stream === 'main' ? main : camera.client.feed(1, 'sub')),
      takeSnapshot: () => Promise.reject(new Error('not now')),
    });
    const page = { width: 1280, height: 720 };
    await taken.snapshots.take(page);
    expect(camera.client.limits.hits).toMatchObject([{ limit, count: 1 }]);
    const jpeg = await taken.snapshots.take(page);
    expect(readPictureMark(await pixelsOf(jpeg), 1280, 720)).toMatchObject({ channel: 1, stream: 'sub' });
    expect(camera.client.limits.hits).toMatchObject([{ count: 1 }]);
  });
});

/** The headers of a JPEG of that size, and nothing that can be decoded. */
function jpegOf(width: number, height: number): Buffer {
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0, 0xff, 0xd9]);
  jpeg.writeUInt16BE(height, 7);
  jpeg.writeUInt16BE(width, 9);
  return jpeg;
}
