import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { annexB, H264Depacketizer } from '../support/hap/h264-depacketizer.js';
import { isTrouble } from '../support/hap/homebridge-process.js';
import { deriveKeys, SrtpSession } from '../support/hap/srtp-session.js';
import { decodeTlv, encodeTlv, field } from '../support/hap/tlv8.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the SRTP that the product is checked with', () => {
  it('derives the keys of RFC 3711, B.3', () => {
    const keys = deriveKeys(hex('E1F97A0D3E018BE0D64FA32C06DE4139'), hex('0EC675AD498AFEEBB6960B3AABE6'), 0);
    expect(keys.cipher).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(keys.authentication).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('opens a packet sealed elsewhere (libsrtp, srtp_driver: AES_CM_128_HMAC_SHA1_80)', () => {
    const session = new SrtpSession(hex('E1F97A0D3E018BE0D64FA32C06DE4139'), hex('0EC675AD498AFEEBB6960B3AABE6'));
    const sealed = hex('800F1234 DECAFBAD CAFEBABE 4E55DC4C E79978D8 8CA4D215 949D2402 B78D6ACC 99EA179B 8DBB');
    expect(session.open(sealed)).toEqual(hex(`800F1234 DECAFBAD CAFEBABE ${'AB'.repeat(16)}`));
    const spoilt = Buffer.from(sealed);
    spoilt[20] = 0;
    expect(() => session.open(spoilt)).toThrow('authentication');
  });

  it('opens the RTCP that it seals', () => {
    const [key, salt] = [Buffer.alloc(16, 1), Buffer.alloc(14, 2)];
    const report = hex('80C90001 00000007');
    const session = new SrtpSession(key, salt);
    session.sealRtcp(report);
    expect(new SrtpSession(key, salt).openRtcp(session.sealRtcp(report))).toEqual(report);
  });
});

describe('the H.264 depacketizer', () => {
  it('puts single, aggregated and fragmented NAL units together, and counts what is missing', () => {
    const depacketizer = new H264Depacketizer();
    const push = (sequence: number, marker: boolean, payload: string) =>
      depacketizer.push({ sequence, marker, timestamp: 90, payload: hex(payload) });
    push(65534, false, '18 0002 6742 0003 68CE01');
    push(65535, false, '7C 85 AABB');
    push(0, false, '7C 05 CC');
    const unit = push(1, true, '7C 45 DD');
    expect(unit).toMatchObject({ keyframe: true, timestamp: 90 });
    expect(annexB(unit ? [unit] : [])).toEqual(hex('00000001 6742 00000001 68CE01 00000001 65AABBCCDD'));
    expect(push(4, true, '41 01')).toMatchObject({ keyframe: false });
    expect(depacketizer.lost).toBe(2);
  });
});

describe('TLV8', () => {
  it('splits and joins long values, and nests', () => {
    const long = Buffer.alloc(300, 7);
    const fields = decodeTlv(
      encodeTlv([
        [1, long],
        [2, [[1, 5]]],
      ]),
    );
    expect(field(fields, 1)).toEqual(long);
    expect(field(decodeTlv(field(fields, 2)), 1)).toEqual(Buffer.from([5]));
  });
});

/** Has the real Homebridge, which Jest cannot load, say what it says of such warnings. */
const WARN = `
const { BridgeService } = await import(process.argv[1]);
for (const type of process.argv.slice(2)) {
  const warning = { type, message: 'Something is wrong', characteristic: { displayName: 'On' } };
  BridgeService.printCharacteristicWriteWarning({ getPluginIdentifier: () => 'plugin' }, {}, {}, warning);
}`;

describe('what Homebridge writes', () => {
  it('is trouble where HAP-NodeJS warns of the plugin', async () => {
    const types = ['slow-read', 'slow-write', 'timeout-read', 'timeout-write', 'warn-message', 'error-message', 'new'];
    const home = new URL('bridgeService.js', pathToFileURL(createRequire(import.meta.url).resolve('homebridge')));
    const args = ['--input-type=module', '-e', WARN, home.href, ...types];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('plugin'));
    expect(lines).toHaveLength(types.length);
    expect(lines.filter((line) => !isTrouble(line))).toEqual([]);
  });

  it('is no trouble where all is well', () => {
    expect(
      isTrouble('[11/28/2026, 8:08:21 PM] [EverFocus] House (127.0.0.1:80): connected, IRONGUARD, 4 cameras'),
    ).toBe(false);
  });
});
