import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { writeRtpHeader } from '../../../src/homebridge/live/rtp.js';
import {
  deriveSessionKeys,
  protectRtcp,
  protectRtp,
  SRTP_TAG_LENGTH,
  unprotectRtcp,
} from '../../../src/homebridge/live/srtp.js';
import { SrtpSession } from '../../support/hap/srtp-session.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const master = { key: hex('E1F97A0D3E018BE0D64FA32C06DE4139'), salt: hex('0EC675AD498AFEEBB6960B3AABE6') };
const header = (sequence: number, ssrc = 0) =>
  writeRtpHeader({ marker: false, payloadType: 99, sequence, timestamp: 0, ssrc });

describe('SRTP', () => {
  it('derives the session keys of RFC 3711 appendix B.3', () => {
    const { rtp } = deriveSessionKeys(master);
    expect(rtp.encryption.export()).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(rtp.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(rtp.authentication.export()).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('makes the key stream of RFC 3711 appendix B.2', () => {
    const keys = {
      encryption: createSecretKey(hex('2B7E151628AED2A6ABF7158809CF4F3C')),
      salt: hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
      authentication: createSecretKey(Buffer.alloc(20)),
    };
    const packet = protectRtp(keys, header(0), Buffer.alloc(48), 0);
    const keyStream =
      'E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0';
    expect(packet.subarray(12, -SRTP_TAG_LENGTH)).toEqual(hex(keyStream));
  });

  it('is understood by another implementation, whatever the content and across a wrap of the sequence number', () => {
    const content = fc.uint8Array({ minLength: 1, maxLength: 1200 });
    fc.assert(
      fc.property(fc.array(content, { minLength: 3, maxLength: 6 }), fc.nat(2 ** 32 - 1), (payloads, ssrc) => {
        const { rtp } = deriveSessionKeys(master);
        const receiver = new SrtpSession(master.key, master.salt);
        payloads.forEach((payload, index) => {
          const position = 65_534 + index;
          const bytes = header(position % 65_536, ssrc);
          const packet = protectRtp(rtp, bytes, Buffer.from(payload), Math.floor(position / 65_536));
          expect(receiver.open(packet)).toEqual(Buffer.concat([bytes, Buffer.from(payload)]));
        });
      }),
    );
  });
});

describe('SRTCP', () => {
  const { rtcp } = deriveSessionKeys(master);
  const report = Buffer.from([0x80, 201, 0, 3, 1, 2, 3, 4, 9, 9, 9, 9, 8, 8, 8, 8]);

  it('is understood by another implementation', () => {
    expect(new SrtpSession(master.key, master.salt).openRtcp(protectRtcp(rtcp, report, 70_000))).toEqual(report);
  });

  it('gives back what another implementation protected', () => {
    expect(unprotectRtcp(rtcp, new SrtpSession(master.key, master.salt).sealRtcp(report))).toEqual(report);
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
