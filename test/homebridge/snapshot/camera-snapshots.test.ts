import { describe, expect, it } from '@jest/globals';
import { noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { CameraSnapshots, type CameraSnapshotsOptions } from '../../../src/homebridge/snapshot/camera-snapshots.js';
import { placeholder } from '../../../src/homebridge/snapshot/placeholder.js';
import { ManualClock, systemClock } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { readPictureMark } from '../../support/picture-mark.js';
import { allFfmpegs, anyFfmpeg, type Camera, openCamera, recordingLogger } from '../live/camera.js';
import { greyPixels, jpegSize } from './jpeg.js';

const size = { width: 640, height: 360 };

interface Snapshots extends AsyncDisposable {
  readonly snapshots: CameraSnapshots;
  readonly warnings: readonly string[];
}

async function snapshotsOf(camera: Camera, changes: Partial<CameraSnapshotsOptions> = {}): Promise<Snapshots> {
  const { client } = camera;
  const logger = recordingLogger();
  const snapshots = new CameraSnapshots({
    feed: client.feed(1, 'main'),
    takeSnapshot: (signal) => client.takeSnapshot(1, { signal }),
    ffmpeg: await anyFfmpeg(),
    logger,
    clock: systemClock,
    ...changes,
  });
  return { snapshots, warnings: logger.lines, [Symbol.asyncDispose]: () => snapshots.close() };
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

    it('an old picture is dimmed and has its time on it', async () => {
      const clock = new ManualClock(Date.now());
      await using camera = await openCamera();
      await camera.client.feed(1, 'main').keyframe();
      await using taken = await snapshotsOf(camera, { ffmpeg, clock });
      const bright = await pixelsOf(await taken.snapshots.take(size));
      await camera.simulator.stop();
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
    const jpeg = await taken.snapshots.take(size);
    expect(jpegSize(jpeg)).toEqual(size);
    expect(readPictureMark(await pixelsOf(jpeg), 640, 360)).toMatchObject({ channel: 1 });
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

  it('leaves no process: the spare one goes after a minute, all go at the end', async () => {
    const clock = new ManualClock(Date.now());
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    const { snapshots } = await snapshotsOf(camera, { clock });
    await snapshots.take(size);
    await until('a spare process stands by', () => !noChildIsLeft());
    clock.advance(60_000);
    await until('it is gone', noChildIsLeft, 1000);
    await snapshots.take(size);
    await snapshots.close();
    await until('all are gone', noChildIsLeft, 1000);
    expect(clock.pending).toBe(0);
  });
});
