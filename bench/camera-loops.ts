import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** Of the simulator's loops: pictures, pictures a second, and from keyframe to keyframe. */
const LOOP = { pictures: 150, fps: 15, keyframeInterval: 30 } as const;
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8];
const OWN_LOOPS = new URL('../packages/simulator/media/', import.meta.url);

/** What a camera sends. */
export interface CameraVideo {
  readonly name: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** kbit/s */
  readonly bitrate: number;
}

/**
 * Loops for the simulator whose main streams have the size and the bitrate of real cameras (its own are small, to be
 * shipped). Noise takes what the rate control grants, as a camera's does at night.
 */
export async function cameraLoops(
  ffmpeg: string,
  { width, height, bitrate }: CameraVideo,
  codec: 'h264' | 'h265' = 'h264',
): Promise<{ folder: URL; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'everfocus-loops-'));
  const { pictures, fps, keyframeInterval } = LOOP;
  const gop = `keyint=${keyframeInterval}:min-keyint=${keyframeInterval}:scenecut=0:bframes=0:repeat-headers=1:aud=0`;
  const rate = ['-b:v', `${bitrate}k`, '-maxrate', `${bitrate}k`, '-bufsize', `${bitrate}k`];
  const encoder = {
    h264: [
      ...['-c:v', 'libx264', '-profile:v', 'main', '-level', '4.0', '-x264-params', `${gop}:slices=1`],
      ...['-bsf:v', 'filter_units=remove_types=6', '-f', 'h264'],
    ],
    h265: ['-c:v', 'libx265', '-x265-params', `${gop}:info=0:log-level=error`, '-f', 'hevc'],
  }[codec];
  const { stdout } = await promisify(execFile)(
    ffmpeg,
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${fps},noise=alls=12:allf=t`],
      ...['-frames:v', `${pictures}`, '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...rate, ...encoder, 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  for (const channel of CHANNELS) {
    await writeFile(join(folder, `${channel}-main.${codec}`), stdout);
    await copyFile(new URL(`${channel}-sub.${codec}`, OWN_LOOPS), join(folder, `${channel}-sub.${codec}`));
  }
  return {
    folder: new URL(`${pathToFileURL(folder).href}/`),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
