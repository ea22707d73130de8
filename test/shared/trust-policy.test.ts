import { describe, expect, it } from '@jest/globals';
import { judgeCertificate, readFingerprint, type Trusted } from '../../src/shared/link/trust-policy.js';

const pinned: Trusted = { is: 'pinned', fingerprint: 'AA' };
const authority: Trusted = { is: 'authority' };
const unknown: Trusted = { is: 'unknown' };

describe('the judgement of a certificate', () => {
  it.each([
    ['the pinned one', { fingerprint: 'AA', authorized: false }, pinned, 'accept'],
    ['another than the pinned one', { fingerprint: 'BB', authorized: false }, pinned, 'refuse'],
    ['another than the pinned one, by an authority', { fingerprint: 'BB', authorized: true }, pinned, 'refuse'],
    ['an authority’s, as before', { fingerprint: 'BB', authorized: true }, authority, 'accept'],
    ['a self-signed one after an authority’s', { fingerprint: 'BB', authorized: false }, authority, 'refuse'],
    ['a self-signed one on first use', { fingerprint: 'BB', authorized: false }, unknown, 'remember-pin'],
    ['an authority’s on first use', { fingerprint: 'BB', authorized: true }, unknown, 'remember-authority'],
    ['none on first use', { fingerprint: '', authorized: false }, unknown, 'refuse'],
    ['none on a resumed session', { fingerprint: '', authorized: true }, authority, 'refuse'],
    ['none where one is pinned', { fingerprint: '', authorized: true }, pinned, 'refuse'],
  ] as const)('%s', (_, shown, trusted, judgement) => {
    expect(judgeCertificate(shown, trusted)).toBe(judgement);
  });
});

describe('a fingerprint', () => {
  const bytes = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0'));
  const canonical = bytes.join(':').toUpperCase();

  it.each([canonical, bytes.join(':'), bytes.join('')])('is read from %s', (text) => {
    expect(readFingerprint(text)).toBe(canonical);
  });

  it.each(['', 'AA:BB', bytes.slice(1).join(':'), `${bytes.join('')}00`, bytes.join('::'), bytes.join('-')])(
    'is not read from "%s"',
    (text) => expect(readFingerprint(text)).toBeUndefined(),
  );
});
