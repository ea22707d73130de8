import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetizeH264 } from '../../../src/homebridge/live/h264-packetizer.js';
import { nalUnits } from '../../../src/shared/codec/index.js';
import { H264Depacketizer } from '../../support/hap/h264-depacketizer.js';

const START_CODES = [Buffer.from([0, 0, 1]), Buffer.from([0, 0, 0, 1])] as const;

/** A NAL unit as encoders make them: no two zeros in a row, no zero at the end. */
const nalUnit = fc
  .tuple(fc.constantFrom(0x01, 0x41, 0x65, 0x67, 0x68, 0x06), fc.uint8Array({ minLength: 1, maxLength: 4000 }))
  .map(([first, body]) => {
    const bytes = Buffer.from([first, ...body, 0x80]);
    for (let at = 2; at < bytes.length; at += 1) if (bytes[at - 1] === 0 && bytes[at] === 0) bytes[at] = 1;
    return bytes;
  });

/** The payloads of an access unit's packets. */
function payloadsOf(accessUnit: Buffer, maxLength: number): Buffer[] {
  const packets = packetizeH264(nalUnits('h264', accessUnit), maxLength);
  return packets ? packets.lengths.map((_, index) => packets.payload(index)) : [];
}

function depacketize(payloads: readonly Buffer[]): readonly Buffer[] {
  const depacketizer = new H264Depacketizer();
  const units = payloads.flatMap((payload, index) => {
    const marker = index === payloads.length - 1;
    return depacketizer.push({ sequence: index, timestamp: 0, marker, payload }) ?? [];
  });
  return units.flatMap((unit) => unit.nalUnits);
}

describe('H.264 packets', () => {
  it('carry any access unit in any packet size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(nalUnit, fc.constantFrom(...START_CODES)), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 3, max: 1500 }),
        (units, maxLength) => {
          const payloads = payloadsOf(Buffer.concat(units.flatMap(([unit, code]) => [code, unit])), maxLength);
          expect(Math.max(...payloads.map((payload) => payload.length))).toBeLessThanOrEqual(maxLength);
          expect(depacketize(payloads)).toEqual(units.map(([unit]) => unit));
        },
      ),
    );
  });

  it('leave out access unit delimiters and filler', () => {
    const accessUnit = Buffer.from([0, 0, 0, 1, 0x09, 0xf0, 0, 0, 1, 0x65, 0x88, 0, 0, 1, 0x0c, 0xff, 0x80]);
    expect(payloadsOf(accessUnit, 100)).toEqual([Buffer.from([0x65, 0x88])]);
  });

  it('are none for bytes without a start code', () => {
    expect(payloadsOf(Buffer.from([1, 2, 3]), 100)).toEqual([]);
  });

  it('are none for a picture of more packets than a phone is sent', () => {
    const slice = Buffer.from([0, 0, 1, 0x65, ...Array.from({ length: 60 }, () => 0x88)]);
    const picture = (count: number) => Buffer.concat(Array.from({ length: count }, () => slice));
    expect(packetizeH264(nalUnits('h264', picture(800)), 12)?.count).toBe(6 * 800);
    expect(packetizeH264(nalUnits('h264', picture(1000)), 8)).toBeUndefined();
    // One NAL unit of 8 MiB in packets of 100 bytes: found out before any room is made for it.
    expect(packetizeH264([{ type: 5, data: Buffer.alloc(8 * 1024 * 1024, 0x65) }], 100)).toBeUndefined();
  });
});
