import { execFileSync } from 'node:child_process';

/** Width and height in the frame header of a JPEG. */
export function jpegSize(jpeg: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg.readUInt16BE(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
    if (isFrame) return { height: jpeg.readUInt16BE(at + 5), width: jpeg.readUInt16BE(at + 7) };
  }
  throw new Error('not a JPEG');
}

/** Grey pixels, row by row. */
export function greyPixels(ffmpeg: string, jpeg: Buffer): Buffer {
  const args = ['-loglevel', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'];
  return execFileSync(ffmpeg, args, { input: jpeg, maxBuffer: 64 * 1024 * 1024 });
}
