import { describe, expect, it } from '@jest/globals';
import { asksForKeyframe, writeSenderReport } from '../../../src/homebridge/live/rtcp.js';
import { isRtcp, readRtp, writeRtpHeader } from '../../../src/homebridge/live/rtp.js';

describe('sender report', () => {
  const report = writeSenderReport({
    ssrc: 0x01020304,
    time: 1_500,
    timestamp: 0x0a0b0c0d,
    packets: 7,
    octets: 700,
    cname: 'abcd',
  });

  it('has the fields of RFC 3550 §6.4.1', () => {
    expect(report.subarray(0, 28)).toEqual(
      Buffer.from('80c8000601020304' + '83aa7e8180000000' + '0a0b0c0d' + '00000007' + '000002bc', 'hex'),
    );
  });

  it('is followed by the name that both tracks share', () => {
    expect(report.subarray(28)).toEqual(Buffer.from('81ca0003' + '01020304' + '01046162' + '63640000', 'hex'));
    expect(isRtcp(report)).toBe(true);
  });
});

describe('feedback', () => {
  const receiverReport = '81c90007000000010000000200000000000000000000000000000000' + '00000000';
  it.each([
    ['picture loss indication', '81ce0002' + '0000000100000002', true],
    ['full intra request', '84ce0004' + '0000000100000000' + '0000000201000000', true],
    ['picture loss after a receiver report', receiverReport + '81ce0002' + '0000000100000002', true],
    ['receiver report', receiverReport, false],
    ['generic NACK', '81cd0003' + '0000000100000002' + '00010000', false],
    ['slice loss', '82ce0003' + '0000000100000002' + '00010000', false],
    ['nothing', '', false],
    ['a packet cut short', '81', false],
  ])('%s', (_, packet, expected) => {
    expect(asksForKeyframe(Buffer.from(packet, 'hex'))).toBe(expected);
  });
});

describe('RTP', () => {
  const header = { marker: true, payloadType: 99, sequence: 65_535, timestamp: 4_294_967_295, ssrc: 1 };

  it('is read as it was written', () => {
    const packet = Buffer.from('            abc');
    writeRtpHeader(packet, 0, header);
    expect(readRtp(packet)).toEqual({ header, payload: Buffer.from('abc') });
  });

  it.each([
    ['RTCP', Buffer.from('80c8000601020304000000000000000000000000', 'hex')],
    ['too short', Buffer.alloc(11, 0x80)],
    ['another version', Buffer.alloc(20)],
  ])('is not %s', (_, packet) => {
    expect(readRtp(packet)).toBeUndefined();
  });
});
