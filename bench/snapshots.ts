import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LiveFeed, VideoFrame } from '../src/shared/index.js';
import type { Row } from './report.js';
import { CAMERAS, type Rig } from './rig.js';

const SIZE = { width: 1280, height: 720 };

/** Snapshot over HAP, beside one keyframe decoded by a fresh ffmpeg. */
export async function snapshots(rig: Rig, rounds: number): Promise<Row[]> {
  const connection = rig.home.connection();
  const ask = async (channel: number): Promise<number> => {
    const begin = performance.now();
    await connection.getImage(SIZE.width, SIZE.height, rig.camera(channel).aid);
    return performance.now() - begin;
  };
  // The first request pays for the connection.
  await connection.getImage(SIZE.width, SIZE.height, rig.camera(1).aid);
  const cold: number[] = [];
  for (let channel = 2; channel <= CAMERAS; channel += 1) cold.push(await ask(channel));

  const feed = rig.client.feed(1, 'main');
  const warm: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // A picture that nobody has asked for yet: the same one again costs nothing.
    const keyframe = await nextKeyframe(feed);
    warm.push(await ask(1));
    floor.push(await decodeOnce(rig.ffmpeg.path, keyframe));
  }
  await rig.home.release(connection);
  const beside = [{ what: 'one keyframe → JPEG by a fresh ffmpeg', values: floor }];
  return [
    { what: 'snapshot 1280x720 over HAP, warm', unit: 'ms', ours: warm, beside },
    { what: 'snapshot 1280x720 over HAP, cold', unit: 'ms', ours: cold, beside },
  ];
}

function nextKeyframe(feed: LiveFeed): Promise<VideoFrame> {
  return new Promise((resolve) => {
    const subscription = feed.subscribe({
      frame: (frame, replay) => {
        if (replay || frame.kind !== 'video' || !frame.keyframe) return;
        subscription.close();
        resolve(frame);
      },
    });
  });
}

async function decodeOnce(ffmpeg: string, { data }: VideoFrame): Promise<number> {
  const begin = performance.now();
  const input = ['-probesize', '32', '-analyzeduration', '0', '-f', 'h264', '-i', 'pipe:0'];
  const output = ['-frames:v', '1', '-vf', `scale=${SIZE.width}:${SIZE.height}`, '-c:v', 'mjpeg', '-f', 'image2pipe'];
  const child = spawn(ffmpeg, ['-hide_banner', '-loglevel', 'error', ...input, ...output, 'pipe:1']);
  child.stdin.on('error', () => undefined);
  child.stdout.resume();
  child.stderr.resume();
  child.stdin.end(data);
  await once(child, 'close');
  return performance.now() - begin;
}
