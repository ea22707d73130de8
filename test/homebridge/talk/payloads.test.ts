import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { replacementOf, unitsOf } from '../../../src/homebridge/talk/payloads.js';

/** RFC 3640 in mode AAC-hbr. */
const aac = (...units: readonly Buffer[]) => {
  const head = Buffer.alloc(2 + 2 * units.length);
  head.writeUInt16BE(16 * units.length, 0);
  units.forEach((unit, at) => head.writeUInt16BE(unit.length << 3, 2 + 2 * at));
  return Buffer.concat([head, ...units]);
};
const [one, other] = [Buffer.from('access unit'), Buffer.from('another')];

describe('a payload', () => {
  it('of Opus is its packet', () => {
    expect(unitsOf('opus', one)).toEqual([one]);
    expect(unitsOf('opus', Buffer.alloc(0))).toEqual([]);
  });

  it('of AAC has its access units behind their headers', () => {
    expect(unitsOf('aac-eld', aac(one))).toEqual([one]);
    expect(unitsOf('aac-eld', aac(one, other))).toEqual([one, other]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0])],
    ['no unit', aac()],
    ['an empty unit', aac(Buffer.alloc(0))],
    ['a unit that is cut off', aac(one).subarray(0, -1)],
    ['headers that are cut off', Buffer.from([0, 32, 0, 8])],
    ['half a header', Buffer.from([0, 8, 1, 1])],
    ['more units than a phone sends', aac(...Array.from({ length: 9 }, () => one))],
  ])('of AAC with %s is passed over', (_, payload) => {
    expect(unitsOf('aac-eld', payload)).toEqual([]);
  });

  it('of whatever bytes gives no more bytes than it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const units = unitsOf('aac-eld', Buffer.from(bytes));
        expect(units.reduce((sum, unit) => sum + unit.length, 0)).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('that is lost is replaced: Opus by a packet without its frame, AAC by the last one', () => {
    expect(replacementOf('opus', Buffer.from([0x4b, 1, 2, 3]))).toEqual(Buffer.from([0x48]));
    expect(replacementOf('aac-eld', one)).toEqual(one);
  });
});
