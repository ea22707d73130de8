import { spawn } from 'node:child_process';
import { silentLogger } from '../../src/shared/index.js';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { type PictureMark, readPictureMark } from '../support/picture-mark.js';

const WIDTH = 320;
const HEIGHT = 180;
let ffmpegFound: ReturnType<typeof findFfmpeg> | undefined;

/** One frame of a live socket, read byte by byte as SDK 3.1 has it. */
export interface WireFrame {
  readonly magic: number;
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** ms */
  readonly timestamp: number;
  readonly data: Buffer;
}

export function readFrame(message: Buffer): WireFrame {
  const data = message.subarray(32);
  if (message.readUInt32LE(4) !== data.length) throw new Error('datalen is not the length of the data');
  return {
    magic: message.readUInt32LE(0),
    type: message.readUInt16LE(8),
    width: message.readUInt16LE(10),
    height: message.readUInt16LE(12),
    timestamp: message.readUInt32LE(14) * 1000 + message.readUInt16LE(18),
    data,
  };
}

/** The marks of all pictures in an elementary stream or JPEG, decoded by the real ffmpeg, scaled to 320x180. */
export async function decodeMarks(
  bytes: Buffer,
  format: 'h264' | 'hevc' | 'mjpeg',
): Promise<(PictureMark | undefined)[]> {
  ffmpegFound ??= findFfmpeg({ logger: silentLogger });
  const { path } = await ffmpegFound;
  const scaled = ['-vf', `scale=${WIDTH}:${HEIGHT}`, '-pix_fmt', 'gray', '-vsync', '0', '-f', 'rawvideo', 'pipe:1'];
  const ffmpeg = spawn(path, ['-v', 'error', '-f', format, '-i', 'pipe:0', ...scaled], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  ffmpeg.stdin.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const pixels = Buffer.concat(chunks);
  return Array.from({ length: pixels.length / (WIDTH * HEIGHT) }, (_, picture) =>
    readPictureMark(pixels.subarray(picture * WIDTH * HEIGHT), WIDTH, HEIGHT),
  );
}
