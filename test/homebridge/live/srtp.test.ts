import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeRtpHeader } from '../../../src/homebridge/live/rtp.js';
import { RtpPackets } from '../../../src/homebridge/live/rtp-packets.js';
import {
  deriveSessionKeys,
  protectRtcp,
  ReplayWindow,
  type SessionKeys,
  SrtpSender,
  unprotectRtcp,
} from '../../../src/homebridge/live/srtp.js';
import { SrtpSession } from '../../support/hap/srtp-session.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const master = { key: hex('E1F97A0D3E018BE0D64FA32C06DE4139'), salt: hex('0EC675AD498AFEEBB6960B3AABE6') };

/** Packets with these payloads, numbered from `position` on, protected by one call. */
function protect(keys: SessionKeys, payloads: readonly Buffer[], position: number, ssrc = 0) {
  const packets = new RtpPackets(payloads.map(({ length }) => length));
  payloads.forEach((payload, index) => {
    const sequence = (position + index) % 65_536;
    const header = { marker: false, payloadType: 99, sequence, timestamp: 0, ssrc };
    writeRtpHeader(packets.bytes, packets.starts[index] ?? 0, header);
    payload.copy(packets.bytes, packets.payloadAt(index));
  });
  const clear = payloads.map((_, index) => Buffer.from(packets.packet(index).subarray(0, -10)));
  new SrtpSender(keys).protect(packets, position);
  return { clear, sealed: payloads.map((_, index) => packets.packet(index)) };
}

describe('SRTP', () => {
  it('derives the session keys of RFC 3711 appendix B.3', () => {
    const { rtp } = deriveSessionKeys(master);
    expect(rtp.encryption).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(rtp.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(rtp.authentication).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('makes the key stream of RFC 3711 appendix B.2', () => {
    const keys = {
      encryption: hex('2B7E151628AED2A6ABF7158809CF4F3C'),
      salt: hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
      authentication: Buffer.alloc(20),
    };
    const { sealed } = protect(keys, [Buffer.alloc(48)], 0);
    const keyStream =
      'E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0';
    expect(sealed[0]?.subarray(12, -10)).toEqual(hex(keyStream));
  });

  it('is understood by another implementation, whatever the content and across a wrap of the sequence number', () => {
    const content = fc.uint8Array({ minLength: 0, maxLength: 1200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 6 }), fc.nat(2 ** 32 - 1), (payloads, ssrc) => {
        const receiver = new SrtpSession(master.key, master.salt);
        const { clear, sealed } = protect(deriveSessionKeys(master).rtp, payloads, 65_534, ssrc);
        expect(sealed.map((packet) => receiver.open(packet))).toEqual(clear);
      }),
    );
  });

  it('protects a picture of any number of packets by one call', () => {
    const { rtp } = deriveSessionKeys(master);
    for (const count of [1, 56, 57, 200]) {
      const payloads = Array.from({ length: count }, (_, index) => Buffer.alloc(1160 + (index % 19), index));
      const receiver = new SrtpSession(master.key, master.salt);
      const { clear, sealed } = protect(rtp, payloads, 1);
      expect(sealed.map((packet) => receiver.open(packet))).toEqual(clear);
    }
  });
});

describe('SRTCP', () => {
  const { rtcp } = deriveSessionKeys(master);
  const report = Buffer.from([0x80, 201, 0, 3, 1, 2, 3, 4, 9, 9, 9, 9, 8, 8, 8, 8]);

  it('is understood by another implementation', () => {
    expect(new SrtpSession(master.key, master.salt).openRtcp(protectRtcp(rtcp, report, 70_000))).toEqual(report);
  });

  it('gives back what another implementation protected', () => {
    const session = new SrtpSession(master.key, master.salt);
    session.sealRtcp(report);
    expect(unprotectRtcp(rtcp, session.sealRtcp(report))).toEqual({ packet: report, source: 0x01020304, index: 1 });
  });

  it('does not believe a packet of which any bit was changed', () => {
    const packet = protectRtcp(rtcp, report, 1);
    fc.assert(
      fc.property(fc.nat(packet.length * 8 - 1), (bit) => {
        const forged = Buffer.from(packet);
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(unprotectRtcp(rtcp, forged)).toBeUndefined();
      }),
    );
  });

  it.each([0, 8, 13, 21])('does not believe %i bytes', (length) => {
    expect(unprotectRtcp(rtcp, Buffer.alloc(length))).toBeUndefined();
  });
});

describe('replay window', () => {
  it('takes each packet once, in any order within the window, and none from before it', () => {
    const order = fc.array(fc.integer({ min: 1000, max: 1200 }), { maxLength: 400 });
    fc.assert(
      fc.property(order, (indexes) => {
        const window = new ReplayWindow();
        const taken = new Set<number>();
        for (const index of indexes) {
          const highest = Math.max(-1, ...taken);
          expect(window.accept(index)).toBe(!taken.has(index) && index > highest - 64);
          if (index > highest - 64) taken.add(index);
        }
      }),
    );
  });
});
