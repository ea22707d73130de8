import { describe, expect, it } from '@jest/globals';
import { adviceFor, ConnectionLog, worthRetrying } from '../../src/homebridge/nvr/connection-log.js';
import {
  InvalidReplyError,
  LoginRejectedError,
  NvrTimeoutError,
  NvrUnreachableError,
  StoreError,
  UntrustedCertificateError,
} from '../../src/shared/index.js';

const rejected = new LoginRejectedError('no');
const untrusted = new UntrustedCertificateError('self-signed', 'AA:BB');

describe('an error of the connection', () => {
  it.each<[unknown, boolean, string]>([
    [rejected, false, 'Correct "username" and "password"'],
    [untrusted, false, 'fingerprint AA:BB, which is not trusted. Nothing was sent'],
    [new UntrustedCertificateError('changed', 'AA:BB', 'CC:DD'), false, 'AA:BB, and the trusted one is CC:DD'],
    [new StoreError('it is damaged'), true, 'neither checked nor remembered (it is damaged)'],
    [new NvrUnreachableError('refused'), true, 'Check its address'],
    [new NvrTimeoutError('too late'), true, 'too late'],
    [new InvalidReplyError('HTML'), true, 'does not answer as expected (HTML)'],
    [undefined, true, 'closed the connection'],
  ])('%s: worth another try %s, and the log says %j', (error, again, advice) => {
    expect(worthRetrying(error)).toBe(again);
    expect(adviceFor(error)).toContain(advice);
  });
});

describe('the log of a connection', () => {
  it('says each change once', () => {
    const lines: string[] = [];
    const write = (level: string) => (message: string) => void lines.push(`${level} ${message.slice(0, 24)}`);
    const log = new ConnectionLog({
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    });
    const unreachable = new NvrUnreachableError('refused');
    for (const error of [unreachable, unreachable]) log.lost(error);
    for (const summary of ['4 cameras', '4 cameras']) log.connected(summary);
    for (const error of [undefined, unreachable, rejected, unreachable, rejected]) log.lost(error);
    expect(lines).toEqual([
      "warn the NVR can't be reached",
      'info connected again, 4 camer',
      'warn the NVR has closed the c',
      'error the NVR rejected the use',
    ]);
  });
});
