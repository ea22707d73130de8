import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeRtpHeader } from '../../../src/homebridge/live/rtp.js';
import { deriveSessionKeys } from '../../../src/homebridge/live/srtp.js';
import { SrtpReceiver } from '../../../src/homebridge/live/srtp-receiver.js';
import { SrtpSession } from '../../support/hap/srtp-session.js';

const SOURCE = 0xcafe;

/** A phone by the tests' own SRTP, and what opens its packets. */
function pair() {
  const [key, salt] = [randomBytes(16), randomBytes(14)];
  const phone = new SrtpSession(key, salt);
  const seal = (
    index: number,
    payload = Buffer.from(`sound ${index}`),
    ssrc = SOURCE,
    extra = Buffer.alloc(0),
    flags = 0,
  ) => {
    const header = Buffer.alloc(12);
    writeRtpHeader(header, 0, {
      marker: false,
      payloadType: 110,
      sequence: index % 65_536,
      timestamp: 480 * index,
      ssrc,
    });
    header.writeUInt8(0x80 | flags, 0);
    return phone.sealAt(Buffer.concat([header, extra, payload]), index);
  };
  return { receiver: new SrtpReceiver(deriveSessionKeys({ key, salt }).rtp), seal };
}

describe('a received SRTP packet', () => {
  it('is opened: header, payload, and its number', () => {
    const { receiver, seal } = pair();
    expect(receiver.open(seal(7))).toEqual({
      header: { marker: false, payloadType: 110, sequence: 7, timestamp: 3360, ssrc: SOURCE },
      index: 7,
      payload: Buffer.from('sound 7'),
    });
  });

  it.each([
    ['contributing sources', 0x02, Buffer.alloc(8, 9)],
    ['an extension', 0x10, Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4])],
    ['both', 0x11, Buffer.from([9, 9, 9, 9, 0xbe, 0xde, 0, 0])],
  ])('is opened behind %s', (_, flags, extra) => {
    const { receiver, seal } = pair();
    expect(receiver.open(seal(7, Buffer.from('sound'), SOURCE, extra, flags))?.payload).toEqual(Buffer.from('sound'));
  });

  it('loses its padding, and is passed over where that makes no sense', () => {
    const { receiver, seal } = pair();
    const padded = (index: number, ...padding: number[]) =>
      receiver.open(seal(index, Buffer.from([1, 2, ...padding]), SOURCE, Buffer.alloc(0), 0x20))?.payload;
    expect(padded(1, 0, 0, 3)).toEqual(Buffer.from([1, 2]));
    expect(padded(2, 200)).toBeUndefined();
    expect(padded(3, 0)).toBeUndefined();
  });

  it('counts on where the sequence number begins anew, in whatever order packets come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_535 }),
        // Steps of less than half of all numbers, some of them back by what may still be late.
        fc.array(
          fc.oneof(fc.integer({ min: 1, max: 32_000 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom(-3, -40)),
          {
            maxLength: 40,
          },
        ),
        (first, steps) => {
          const { receiver, seal } = pair();
          const [sent, opened] = [new Set<number>(), new Set<number>()];
          let highest = first;
          for (const step of [0, ...steps]) {
            const at = highest + step;
            if (at < 0 || sent.has(at)) continue;
            sent.add(at);
            const index = receiver.open(seal(at))?.index;
            // Before the very first packet of a source nothing is known of rollovers.
            if (at >= first || Math.floor(at / 65_536) === Math.floor(first / 65_536)) expect(index).toBe(at);
            if (index !== undefined) opened.add(index);
            highest = Math.max(highest, at);
          }
          expect([...opened].every((index) => sent.has(index))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is opened once', () => {
    const { receiver, seal } = pair();
    const packets = Array.from({ length: 200 }, (_, at) => seal(65_500 + at));
    expect(packets.filter((packet) => receiver.open(packet))).toHaveLength(200);
    expect(packets.filter((packet) => receiver.open(packet))).toEqual([]);
  });

  it('is passed over with any bit changed, cut anywhere, or from the holder of another key', () => {
    const { receiver, seal } = pair();
    const packet = seal(3);
    for (let bit = 0; bit < packet.length * 8; bit += 1) {
      const forged = Buffer.from(packet);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(receiver.open(forged)).toBeUndefined();
    }
    for (let length = 0; length < packet.length; length += 1) {
      expect(receiver.open(packet.subarray(0, length))).toBeUndefined();
    }
    expect(receiver.open(pair().seal(3))).toBeUndefined();
    expect(receiver.open(packet)).toBeDefined();
  });

  it('is passed over where it is larger than any packet of sound', () => {
    const { receiver, seal } = pair();
    expect(receiver.open(seal(1, Buffer.alloc(1478)))).toBeDefined();
    expect(receiver.open(seal(2, Buffer.alloc(1479)))).toBeUndefined();
    expect(receiver.open(seal(3, Buffer.alloc(65_000)))).toBeUndefined();
  });

  it('moves nothing where it is forged: neither the count of rollovers nor the window', () => {
    const { receiver, seal } = pair();
    receiver.open(seal(65_530));
    for (const sequence of [0, 20_000, 32_700, 65_531]) {
      const forged = Buffer.from(seal(sequence));
      forged.writeUInt8(forged.readUInt8(20) ^ 1, 20);
      expect(receiver.open(forged)).toBeUndefined();
    }
    expect(receiver.open(seal(65_531))?.index).toBe(65_531);
    expect(receiver.open(seal(65_540))?.index).toBe(65_540);
  });

  it('is of one of 16 sources, each with numbers of its own', () => {
    const { receiver, seal } = pair();
    for (let ssrc = 1; ssrc <= 16; ssrc += 1) expect(receiver.open(seal(5, undefined, ssrc))?.index).toBe(5);
    expect(receiver.open(seal(5, undefined, 17))).toBeUndefined();
    expect(receiver.open(seal(6, undefined, 16))?.index).toBe(6);
  });

  it('is familiar where it goes on from a source that was heard', () => {
    const { receiver, seal } = pair();
    expect(receiver.isFamiliar(seal(65_530))).toBe(false);
    receiver.open(seal(65_530));
    expect(receiver.isFamiliar(seal(65_540))).toBe(true);
    expect(receiver.isFamiliar(seal(65_530))).toBe(false);
    expect(receiver.isFamiliar(seal(66_000))).toBe(false);
    expect(receiver.isFamiliar(seal(65_540, undefined, 5))).toBe(false);
    expect(receiver.isFamiliar(Buffer.alloc(3))).toBe(false);
  });

  it('is any bytes at all: nothing is thrown', () => {
    const { receiver } = pair();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const packet = Buffer.from(bytes);
        if (packet.length > 0) packet.writeUInt8(0x80 | (packet.readUInt8(0) & 0x3f), 0);
        expect(receiver.open(packet)).toBeUndefined();
        expect(receiver.isFamiliar(packet)).toBe(false);
      }),
    );
  });
});
