import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type AccessUnit, annexB, H264Depacketizer } from '../../support/hap/h264-depacketizer.js';
import { type PictureMark, readPictureMark } from '../../support/picture-mark.js';
import type { Packet } from './phone.js';

/** Pictures in the order of arrival. @throws if a packet is missing */
export function accessUnits(packets: readonly Packet[]): AccessUnit[] {
  const depacketizer = new H264Depacketizer();
  const units = packets.flatMap((packet) => depacketizer.push(packet) ?? []);
  if (depacketizer.lost > 0) throw new Error(`${depacketizer.lost} packets are missing`);
  return units;
}

const WIDTH = 320;
const HEIGHT = 180;

/** The mark of each decoded picture. What sends them goes on meanwhile. */
export async function decodedMarks(ffmpeg: string, units: readonly AccessUnit[]): Promise<(PictureMark | undefined)[]> {
  const args = ['-loglevel', 'fatal', '-f', 'h264', '-i', 'pipe:0', '-vsync', '0'];
  const output = ['-vf', `scale=${WIDTH}:${HEIGHT}`, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'];
  const decoding = promisify(execFile)(ffmpeg, [...args, ...output], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
  });
  decoding.child.stdin?.end(annexB(units));
  const { stdout: pixels } = await decoding;
  const count = pixels.length / (WIDTH * HEIGHT);
  return Array.from({ length: count }, (_, index) =>
    readPictureMark(pixels.subarray(index * WIDTH * HEIGHT, (index + 1) * WIDTH * HEIGHT), WIDTH, HEIGHT),
  );
}

/** RTP time from each to the next, wrapped differences made signed. */
export function steps(timestamps: readonly number[]): number[] {
  return timestamps.slice(1).map((timestamp, index) => (timestamp - (timestamps[index] ?? 0)) | 0);
}
