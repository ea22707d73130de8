import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codedSize, jpegSize, nalUnits } from '../../src/shared/codec/index.js';
import { anyFfmpeg } from '../homebridge/live/camera.js';

const { path } = await anyFfmpeg();

/** One picture of that size. */
function picture(size: string, ...encoder: string[]): Buffer {
  const source = ['-loglevel', 'error', '-f', 'lavfi', '-i', `color=red:s=${size}`, '-frames:v', '1'];
  return execFileSync(path, [...source, ...encoder, 'pipe:1'], { maxBuffer: 64 * 1024 * 1024 });
}

describe('the size of a coded picture', () => {
  // Coded in whole macroblocks (H.264) or smallest coding blocks (H.265): what decoding takes, not what is shown.
  it.each([
    ['640x360', 640, 368],
    ['1920x1080', 1920, 1088],
    ['100x34', 112, 48],
    ['4096x2160', 4096, 2160],
  ])('%s is read from H.264 of every profile', (size, width, height) => {
    for (const profile of ['baseline', 'main', 'high']) {
      const data = picture(size, '-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', profile, '-f', 'h264');
      expect(codedSize(nalUnits('h264', data))).toEqual({ width, height });
    }
  });

  it.each([
    ['scaling lists', ['-x264-params', 'cqm=jvt']],
    ['4:4:4', ['-pix_fmt', 'yuv444p', '-x264-params', 'cqm=jvt']],
    ['interlaced lines', ['-flags', '+ildct+ilme']],
  ])('is read from H.264 with %s', (_, options) => {
    const data = picture('640x352', '-c:v', 'libx264', ...options, '-f', 'h264');
    expect(codedSize(nalUnits('h264', data))).toEqual({ width: 640, height: 352 });
  });

  it.each([
    ['640x360', 640, 368],
    ['1920x1080', 1920, 1088],
  ])('%s is read from H.265, whose coding blocks x265 makes 16 wide', (size, width, height) => {
    const data = picture(size, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=0', '-f', 'hevc');
    expect(codedSize(nalUnits('h265', data))).toEqual({ width, height });
  });

  it('is the largest of all that it may turn out to have', () => {
    const encode = (size: string) => picture(size, '-c:v', 'libx264', '-preset', 'ultrafast', '-f', 'h264');
    const both = Buffer.concat([encode('1600x64'), encode('64x1280')]);
    expect(codedSize(nalUnits('h264', both))).toEqual({ width: 1600, height: 1280 });
  });

  it('is unknown where it is not told', () => {
    expect(codedSize(nalUnits('h264', Buffer.from([0, 0, 1, 0x65, 1, 2])))).toBeUndefined();
    expect(codedSize(nalUnits('h264', Buffer.from([0, 0, 1, 0x67])))).toBeUndefined();
    expect(codedSize(nalUnits('h265', Buffer.from([0, 0, 1, 0x42, 1, 1])))).toBeUndefined();
  });

  it('is looked for in any bytes without an error, and within no time', () => {
    const sps = fc.uint8Array({ maxLength: 4000 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(sps, fc.constantFrom('h264' as const, 'h265' as const), fc.boolean(), (bytes, codec, zeros) => {
        const unit = zeros ? Buffer.concat([bytes, Buffer.alloc(100_000)]) : bytes;
        const header = codec === 'h264' ? [0, 0, 1, 0x67, 100] : [0, 0, 1, 0x42, 1];
        const size = codedSize(nalUnits(codec, Buffer.concat([Buffer.from(header), unit])));
        if (size) expect(Number.isSafeInteger(size.width) && Number.isSafeInteger(size.height)).toBe(true);
        jpegSize(bytes);
        jpegSize(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), bytes]));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the size of a JPEG', () => {
  it.each(['640x360', '1920x1080', '34x18'])('%s is read from its frame header', (size) => {
    const [width, height] = size.split('x').map(Number);
    expect(jpegSize(picture(size, '-c:v', 'mjpeg', '-f', 'mjpeg'))).toEqual({ width, height });
  });

  it('may stand behind fill bytes', () => {
    const jpeg = picture('64x48', '-c:v', 'mjpeg', '-f', 'mjpeg');
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)]);
    expect(jpegSize(filled)).toEqual({ width: 64, height: 48 });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<html>not found</html>')],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n0000000000000', 'latin1')],
    ['its beginning only', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ['no pixels', Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 17, 0])],
  ])('is unknown of %s', (_, bytes) => {
    expect(jpegSize(bytes)).toBeUndefined();
  });
});
