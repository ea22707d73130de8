import { spawn } from 'node:child_process';
import { findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { type PictureMark, readPictureMark } from '../../support/picture-mark.js';

const WIDTH = 320;
const HEIGHT = 180;
const PICTURE = WIDTH * HEIGHT;

export interface Played {
  readonly marks: readonly (PictureMark | undefined)[];
  /** Loudest sample of each 10 ms, 0–32767. */
  readonly loudness: readonly number[];
  readonly complaints: string;
}

let found: ReturnType<typeof findFfmpeg> | undefined;

/** Arguments that any ffmpeg understands, ahead of its output. */
async function run(args: readonly string[], outputs: number) {
  found ??= findFfmpeg({ logger: silentLogger });
  const { path } = await found;
  const stdio = ['ignore', ...Array.from({ length: outputs + 1 }, () => 'pipe' as const)] as const;
  return spawn(path, ['-v', 'error', ...args], { stdio: [...stdio] });
}

/** What the real ffmpeg makes of an address: so many decoded pictures, and the sound that goes with them. */
export async function play(url: string, transport: 'tcp' | 'udp', pictures: number): Promise<Played> {
  // Numbered anew: raw pictures have no time, and their writer would complain of what it sees of it.
  const numbered = `scale=${WIDTH}:${HEIGHT},setpts=N/(15*TB)`;
  const video = ['-map', '0:v', '-vf', numbered, '-pix_fmt', 'gray', '-vsync', '0'];
  const audio = ['-map', '0:a', '-t', String(pictures / 15), '-f', 's16le', 'pipe:3'];
  const ffmpeg = await run(
    [
      ...['-rtsp_transport', transport, '-i', url, ...video],
      ...['-frames:v', String(pictures), '-f', 'rawvideo', 'pipe:1', ...audio],
    ],
    3,
  );
  const [pixels, complaints, samples] = await Promise.all([
    collect(ffmpeg.stdio[1]),
    collect(ffmpeg.stdio[2]),
    collect(ffmpeg.stdio[3]),
  ]);
  return {
    marks: Array.from({ length: Math.floor(pixels.length / PICTURE) }, (_, picture) =>
      readPictureMark(pixels.subarray(picture * PICTURE, (picture + 1) * PICTURE), WIDTH, HEIGHT),
    ),
    loudness: loudnessOf(samples),
    complaints: complaints.toString(),
  };
}

/** A player that runs until it is killed. */
export async function startPlayer(url: string, transport: 'tcp' | 'udp') {
  return run(['-rtsp_transport', transport, '-i', url, '-f', 'null', '-'], 1);
}

function loudnessOf(samples: Buffer): number[] {
  const values = Array.from({ length: samples.length / 2 }, (_, at) => Math.abs(samples.readInt16LE(at * 2)));
  return Array.from({ length: Math.floor(values.length / 80) }, (_, at) =>
    Math.max(...values.slice(at * 80, (at + 1) * 80)),
  );
}

async function collect(stream: unknown): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
