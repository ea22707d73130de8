import { describe, expect, it } from '@jest/globals';
import { passwordToTest, unchanged } from '../../src/node-red/admin/test-password.js';
import { migrate } from '../../src/node-red/migrations.js';
import { optionsOf } from '../../src/node-red/nodes/nvr/options.js';

describe('migrations', () => {
  const migrations = [
    (config: Record<string, unknown>) => ({ ...config, renamed: config['old'] }),
    (config: Record<string, unknown>) => ({ ...config, steps: [config['renamed'], 'second'] }),
  ];

  it.each([
    ['none are due', [], { version: 1, a: 1 }, { version: 1, a: 1 }],
    ['no version counts as the first', [], { a: 1 }, { version: 1, a: 1 }],
    [
      'all are due, in order',
      migrations,
      { version: 1, old: 'x' },
      { version: 3, old: 'x', renamed: 'x', steps: ['x', 'second'] },
    ],
    ['the last is due', migrations, { version: 2, renamed: 'x' }, { version: 3, renamed: 'x', steps: ['x', 'second'] }],
    ['up to date', migrations, { version: 3, old: 'x' }, { version: 3, old: 'x' }],
  ])('%s', (_, steps, stored, expected) => {
    const before = structuredClone(stored);
    expect(migrate(stored, steps)).toEqual(expected);
    expect(stored).toEqual(before);
  });

  it('refuse what a newer release wrote', () => {
    expect(() => migrate({ version: 2 }, [])).toThrow(expect.objectContaining({ code: 'NEWER_VERSION' }));
  });
});

describe('options of an NVR', () => {
  const credentials = { username: 'admin', password: 'p' };

  it.each([
    ['the least', { host: ' nvr ', port: '' }, { host: 'nvr', https: false, ...credentials }],
    ['a port as text', { host: 'nvr', port: '8080' }, { host: 'nvr', port: 8080, https: false, ...credentials }],
    [
      'HTTPS with a pinned certificate',
      { host: 'nvr', port: 443, https: true, fingerprint: 'AA' },
      { host: 'nvr', port: 443, https: true, fingerprint: 'AA', ...credentials },
    ],
    [
      'a port that is none, for the driver to refuse',
      { host: 'nvr', port: 'x' },
      { host: 'nvr', port: NaN, https: false, ...credentials },
    ],
  ])('%s', (_, config, expected) => {
    expect(optionsOf(config, credentials)).toEqual(expected);
  });

  it.each([
    ['host', {}, credentials],
    ['user name', { host: 'nvr' }, { password: 'p' }],
  ])('without a %s', (what, config, given) => {
    expect(() => optionsOf(config, given)).toThrow(
      expect.objectContaining({ code: 'NOT_CONFIGURED', message: expect.stringContaining(what) }),
    );
  });
});

describe('password of a connection test', () => {
  const stored = { address: 'nvr:80', password: 'stored' };

  it.each([
    ['typed', { address: 'evil:80', password: 'typed' }, stored, 'typed'],
    ['typed to be empty', { address: 'nvr:80', password: '' }, stored, ''],
    ['stored, for its own address', { address: 'nvr:80', password: unchanged }, stored, 'stored'],
    ['stored, where the editor sends none', { address: 'nvr:80', password: undefined }, stored, 'stored'],
  ])('%s', (_, typed, kept, expected) => {
    expect(passwordToTest(typed, kept)).toBe(expected);
  });

  it.each([
    ['another host', { address: 'evil:80', password: unchanged }, stored],
    ['another port', { address: 'nvr:81', password: unchanged }, stored],
    ['a node that is not deployed', { address: 'nvr:80', password: unchanged }, undefined],
  ])('the stored one is not used for %s', (_, typed, kept) => {
    expect(() => passwordToTest(typed, kept)).toThrow(expect.objectContaining({ code: 'NOT_CONFIGURED' }));
  });
});
