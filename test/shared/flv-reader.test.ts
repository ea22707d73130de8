import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlvReader } from '../../src/shared/codec/flv-reader.js';
import { limits } from '../../src/shared/limits.js';

const header = Buffer.concat([Buffer.from('FLV\x01\x05', 'latin1'), Buffer.from([0, 0, 0, 9, 0, 0, 0, 0])]);

function tag(type: number, time: number, body: Buffer): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(type, 0);
  head.writeUIntBE(body.length, 1, 3);
  head.writeUIntBE(time, 4, 3);
  const back = Buffer.alloc(4);
  back.writeUInt32BE(11 + body.length);
  return Buffer.concat([head, body, back]);
}

const sps = Buffer.from([0x67, 1, 2]);
const pps = Buffer.from([0x68, 3]);
const sized = (nal: Buffer, bytes: 2 | 4) => {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(nal.length, 0, bytes);
  return Buffer.concat([length, nal]);
};
const configuration = Buffer.concat([
  Buffer.from([0x17, 0, 0, 0, 0]),
  Buffer.from([1, 66, 0, 30, 0xff, 0xe1]),
  sized(sps, 2),
  Buffer.from([1]),
  sized(pps, 2),
]);
const video = (keyframe: boolean, nal: Buffer) =>
  Buffer.concat([Buffer.from([keyframe ? 0x17 : 0x27, 1, 0, 0, 0]), sized(nal, 4)]);
const code = Buffer.from([0, 0, 0, 1]);
const idr = Buffer.alloc(5000, 0x65);
const delta = Buffer.alloc(300, 0x41);
const stream = Buffer.concat([
  header,
  tag(9, 0, configuration),
  tag(8, 0, Buffer.alloc(20)),
  tag(9, 40, video(true, idr)),
  tag(9, 80, video(false, delta)),
]);
const pictures = [
  { time: 40, keyframe: true, whole: true, data: Buffer.concat([code, sps, code, pps, code, idr]) },
  { time: 80, keyframe: false, whole: true, data: Buffer.concat([code, delta]) },
];

describe('pictures out of FLV', () => {
  it('come whole, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), (cuts) => {
        const reader = new FlvReader();
        const found = [];
        for (let at = 0, index = 0; at < stream.length; index += 1) {
          const end = at + (cuts[index % cuts.length] ?? 1);
          found.push(...reader.push(stream.subarray(at, end)));
          at = end;
        }
        expect(found).toEqual(pictures);
      }),
    );
  });

  it('of too many NAL units are cut, and say so', () => {
    const units = (count: number) =>
      Buffer.concat([Buffer.from([0x17, 1, 0, 0, 0]), ...Array.from({ length: count }, () => sized(sps, 4))]);
    const most = limits.picture.nals;
    const found = [most, most + 1].flatMap((count) =>
      new FlvReader().push(Buffer.concat([header, tag(9, 0, units(count))])),
    );
    expect(found.map(({ whole, data }) => [whole, data.length])).toEqual([
      [true, most * 7],
      [false, most * 7],
    ]);
  });

  it('may be missing, but nothing is thrown, whatever comes', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(8, 9, 18), fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0, 1))
        .map(([type, body, packet]) => {
          const bytes = Buffer.from(body);
          if (bytes.length > 1) bytes.writeUInt8(packet, 1);
          return tag(type, 0, bytes);
        }),
      fc.nat(stream.length).map((end) => stream.subarray(0, end)),
    );
    fc.assert(
      fc.property(fc.boolean(), fc.array(hostile, { maxLength: 20 }), (proper, pieces) => {
        const reader = new FlvReader();
        if (proper) reader.push(header);
        const found = pieces.flatMap((piece) => reader.push(piece));
        expect(found.filter(({ data, time }) => !Buffer.isBuffer(data) || !Number.isInteger(time))).toEqual([]);
      }),
    );
  });
});
