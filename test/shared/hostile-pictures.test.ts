import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { jpegSize } from '../../src/shared/codec/index.js';
import { findFfmpeg, PictureMaker } from '../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../src/shared/index.js';
import { leastWork } from '../support/work.js';

const MiB = 1024 * 1024;
const ffmpeg = await findFfmpeg({ logger: silentLogger });
const pictures = new PictureMaker(ffmpeg);

function made(...output: string[]): Buffer {
  const source = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=s=640x360', '-frames:v', '1'];
  return execFileSync(ffmpeg.path, [...source, ...output, 'pipe:1'], { maxBuffer: 16 * MiB });
}

const jpeg = made('-c:v', 'mjpeg', '-f', 'mjpeg');
const png = made('-c:v', 'png', '-f', 'image2pipe');
const SOI = jpeg.subarray(0, 2);
const [frameAt, scanAt] = [jpeg.indexOf('ffc0', 0, 'hex'), jpeg.indexOf('ffda', 0, 'hex')];
/** A frame header (ITU-T T.81 B.2.2). @param kind of coding: 0xc0 baseline, 0xc2 progressive */
const frame = (width: number, height: number, kind = 0xc0) => {
  const header = Buffer.from(jpeg.subarray(frameAt, frameAt + 2 + jpeg.readUInt16BE(frameAt + 2)));
  header[1] = kind;
  header.writeUInt16BE(height, 5);
  header.writeUInt16BE(width, 7);
  return header;
};
/** In front of that header, and behind it. */
const [begin, end] = [jpeg.subarray(0, frameAt), jpeg.subarray(frameAt + frame(1, 1).length)];
const comment = Buffer.from('fffe0002', 'hex');
/** A scan of a progressive picture that refines one component. */
const scan = Buffer.from('ffda0008010100013f01' + '0000', 'hex');

const hostile: readonly (readonly [string, Buffer])[] = [
  ['the largest size, and nothing else', Buffer.concat([SOI, frame(65_535, 65_535), Buffer.alloc(200)])],
  ['the largest size in front of a small picture', Buffer.concat([begin, frame(65_535, 65_535), end])],
  ['a small size, and then the largest', Buffer.concat([begin, frame(16, 16), frame(65_535, 65_535), end])],
  ['a large size with next to nothing in it', Buffer.concat([begin, frame(4096, 4096), end.subarray(0, 500)])],
  ['a size behind its scan', Buffer.concat([jpeg.subarray(0, scanAt + 40), frame(8192, 2048), end])],
  ['thousands of scans', Buffer.concat([begin, frame(640, 360, 0xc2), Buffer.alloc(50_000 * 12, scan)])],
  ['nothing but comments', Buffer.concat([SOI, Buffer.alloc(4 * MiB, comment)])],
  ['no length of a segment', Buffer.concat([SOI, Buffer.from('ffe00000', 'hex'), jpeg.subarray(2)])],
  ['half of a picture', jpeg.subarray(0, jpeg.length / 2)],
  ['a picture and a web page', Buffer.concat([jpeg, Buffer.from('<html></html>')])],
  ['a web page', Buffer.concat([SOI, Buffer.from('<html></html>')])],
  ['a PNG', png],
  ['a PNG behind its first bytes', Buffer.concat([SOI, png])],
  ['nothing', Buffer.alloc(0)],
  ['fill bytes', Buffer.alloc(16 * MiB, 0xff)],
];

describe('a JPEG from outside', () => {
  it.each(hostile)('that is %s becomes a picture or an error with a code', async (name, data) => {
    const outcome = await pictures.make({ name }, { codec: 'jpeg', data, width: 320 }).catch((error: unknown) => error);
    if (outcome instanceof Buffer) expect(jpegSize(outcome)?.width).toBeLessThanOrEqual(320);
    else expect(outcome).toMatchObject({ code: 'CONVERSION_FAILED' });
  });

  it.each([
    ['fill bytes', Buffer.concat([SOI, Buffer.alloc(32 * MiB, 0xff)])],
    ['comments', Buffer.concat([SOI, Buffer.alloc(32 * MiB, comment)])],
  ])('that is nothing but %s is not looked through to its end', (_, data) => {
    jpegSize(data.subarray(0, MiB));
    expect(leastWork(() => expect(jpegSize(data)).toBeUndefined())).toBeLessThan(20);
  });
});
