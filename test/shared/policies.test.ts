import { describe, expect, it } from '@jest/globals';
import { digestResponse } from '../../src/shared/wire/digest.js';
import { completeOptions } from '../../src/shared/link/options.js';
import { type Failure, type Remedy, remedyFor } from '../../src/shared/link/retry-policy.js';
import { reconnectDelay } from '../../src/shared/link/backoff.js';
import { redact } from '../../src/shared/redact.js';

describe('what to do about a failed attempt', () => {
  it.each<[Failure, 'read' | 'write' | 'destructive', Remedy, Remedy]>([
    // failure, effect, first time, second time
    ['not-sent', 'read', 'repeat', 'fail'],
    ['not-sent', 'write', 'fail', 'fail'],
    ['not-sent', 'destructive', 'fail', 'fail'],
    ['lost', 'read', 'repeat', 'fail'],
    ['lost', 'write', 'outcome-unknown', 'outcome-unknown'],
    ['lost', 'destructive', 'outcome-unknown', 'outcome-unknown'],
    ['timed-out', 'read', 'fail', 'fail'],
    ['timed-out', 'write', 'outcome-unknown', 'outcome-unknown'],
    ['unclear', 'read', 'fail', 'fail'],
    ['unclear', 'write', 'outcome-unknown', 'outcome-unknown'],
    ['no-session', 'read', 'login-and-repeat', 'fail'],
    ['no-session', 'write', 'login-and-repeat', 'fail'],
    ['no-session', 'destructive', 'login-and-repeat', 'fail'],
    ['web-page', 'read', 'login-and-repeat', 'fail'],
    ['web-page', 'write', 'outcome-unknown', 'outcome-unknown'],
  ])('%s at a %s: %s, then %s', (failure, effect, first, second) => {
    expect(remedyFor(failure, effect, false)).toBe(first);
    expect(remedyFor(failure, effect, true)).toBe(second);
  });
});

describe('the wait before a reconnect', () => {
  it('has a ceiling that doubles from 1 s to 60 s, and full jitter below it', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 50].map((failures) => reconnectDelay(failures, 0.999999))).toEqual([
      1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000,
    ]);
    expect(reconnectDelay(3, 0)).toBe(0);
    expect(reconnectDelay(3, 0.5)).toBe(4000);
  });
});

describe('the digest response', () => {
  it('follows RFC 2617, section 3.2.2, for a POST to either URI', () => {
    // The values of the RFC's example (3.5), the URI replaced; the expected ones were computed independently.
    const challenge = { realm: 'testrealm@host.com', qop: 'auth', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' };
    expect(digestResponse(challenge, 'Mufasa', 'Circle Of Life', '0a4f113b', 'POST:/admin/login')).toBe(
      'a0d66b6f5c036ae5ea90c9b79e714ee3',
    );
    expect(digestResponse(challenge, 'Mufasa', 'Circle Of Life', '0a4f113b', 'POST:/login')).toBe(
      '1447019b1a5cefeeb4d1e896253ec73e',
    );
  });
});

describe('redaction', () => {
  it.each([
    ['rtsp://admin:s3cret@10.0.0.1/live/1/0', 'rtsp://***@10.0.0.1/live/1/0'],
    ['{"UserName":"x","Password":"s3cret"}', '{"UserName":"x","Password":***}'],
    ['{"Password":"my, \\"very\\" {secret} pass","Port":80}', '{"Password":***,"Port":80}'],
    ['rtsp://admin:p@ss/w@10.0.0.1/live', 'rtsp://***@10.0.0.1/live'],
    ['http://:pw@nvr/', 'http://***@nvr/'],
    ['http://nvr:80/a, mail to a@b', 'http://nvr:80/a, mail to a@b'],
    ["set-cookie: [ 'sid=abc', 'b=c' ]", 'set-cookie: ***'],
    ['session_id=abc&token=xyz', 'session_id=***&token=***'],
    ['Cookie: sid=abc; b=c', 'Cookie: ***'],
    ['set-cookie: sid=abc; Path=/', 'set-cookie: ***'],
    ['/playback/1/0?time=1&session=abc', '/playback/1/0?time=1&session=***'],
    ['srtp_key=abcdef srtp_salt=123', 'srtp_key=*** srtp_salt=***'],
    ['a -----BEGIN EC PRIVATE KEY-----\nMHc+/=\n-----END EC PRIVATE KEY----- b', 'a *** b'],
    ['-----BEGIN PRIVATE KEY-----\\nMIGHAg', '***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIGHAg', '***'],
    ['{"UserName":"x","Password":"s3cr', '{"UserName":"x","Password":***'],
    ["{'wifiPwd' : 's3cr", "{'wifiPwd' : ***"],
    ['"Password":"s3\\', '"Password":***'],
    ['{“Password”:“s3cret”,“Port”:80}', '{“Password”:***,“Port”:80}'],
    ['{"a":"{\\"Password\\":\\"s3cret\\"}"}\nnext', '{"a":"{\\"Password\\":***\nnext'],
    ['{"Password":["s3cret","b"],"Port":80}', '{"Password":***,"Port":80}'],
    ['{"Password":{"value":"s3cret"},"Port":80}', '{"Password":***,"Port":80}'],
    ['<User>x</User><Password>s3cret</Password>', '<User>x</User><Password>***</Password>'],
    ['plain words stay as they are', 'plain words stay as they are'],
  ])('%j becomes %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([['a'], ['x://a:'], ['"password":"'], ['password '], ['<password'], ['-----BEGIN A PRIVATE KEY ']])(
    'does not take forever over a long text of %j',
    (part) => {
      const text = part.repeat(200_000 / part.length);
      expect(redact(text)).toMatch(/./);
    },
  );

  it('hides given secrets wherever they stand, URL-encoded ones too', () => {
    expect(redact('login with p@ss w, then ?x=p%40ss%20w', ['p@ss w'])).toBe('login with ***, then ?x=***');
  });
});

describe('client options', () => {
  const good = { host: '192.168.1.2', username: 'admin', password: 'x' };

  it.each([
    ['host', { ...good, host: '' }],
    ['host', { ...good, host: 'http://nvr' }],
    ['host', { ...good, host: 'user@nvr' }],
    ['host', { ...good, host: '192.168.1.5:8080' }],
    ['host', { ...good, host: '1.2.3.4.5' }],
    ['host', { ...good, host: 'fe80::1%eth0' }],
    ['host', { ...good, host: 'nvr;x' }],
    ['feedLingerMs', { ...good, feedLingerMs: NaN }],
    ['fingerprint', { ...good, fingerprint: 'AA:'.repeat(31) + 'AA' }],
    ['port', { ...good, port: 0 }],
    ['port', { ...good, port: 80.5 }],
    ['username', { ...good, username: '' }],
    ['username', { ...good, username: 'a\ud800' }],
    ['password', { ...good, password: '\udfffa' }],
    ['fingerprint', { ...good, fingerprint: 'AA:BB' }],
  ])('names the bad %s', (path, options) => {
    expect(() => completeOptions(options)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });

  it.each(['nvr', 'nvr.local', 'my_nvr-2.example.com', '10.0.0.1', '::1', '[fe80::1]'])('takes the host %s', (host) => {
    expect(() => completeOptions({ ...good, host })).not.toThrow();
  });

  it('chooses the port by the scheme', () => {
    expect(completeOptions(good).port).toBe(80);
    expect(completeOptions({ ...good, https: true }).port).toBe(443);
  });
});
