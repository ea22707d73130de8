import { describe, expect, it } from '@jest/globals';
import { settleTest, unchanged } from '../../src/node-red/admin/settle-test.js';
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

describe('what a connection test may use', () => {
  const config = { host: '${NVR_HOST}', port: '', https: true, fingerprint: 'AA' };
  const credentials = { username: 'admin', password: '${NVR_PASSWORD}' };
  const resolved = { config: { ...config, host: 'nvr' }, credentials: { username: 'admin', password: 'secret' } };
  const deployed = { typed: { config, credentials }, resolved };
  const stored = { username: 'admin', password: unchanged };

  it.each([
    ['the stored password, at its own address', { config, credentials: stored }, resolved],
    ['a deployed variable, at its own address', { config, credentials }, resolved],
    [
      'a typed password, at its own address',
      { config, credentials: { username: 'me', password: 'typed' } },
      { config: resolved.config, credentials: { username: 'me', password: 'typed' } },
    ],
    [
      'anything typed out, anywhere',
      { config: { host: 'other' }, credentials: { username: 'me', password: '' } },
      { config: { host: 'other' }, credentials: { username: 'me', password: '' } },
    ],
  ])('%s', (_, typed, used) => {
    expect(settleTest(typed, deployed)).toEqual(used);
  });

  const elsewhere = {
    'another host': { host: 'evil' },
    'another port': { port: '81' },
    'another scheme': { https: false },
    'another certificate': { fingerprint: 'BB' },
    'no certificate': { fingerprint: '' },
  };

  it.each(Object.entries(elsewhere))('neither the stored password nor a variable goes to %s', (_, change) => {
    for (const host of ['nvr', config.host]) {
      for (const account of [stored, credentials, { username: '${NVR_PASSWORD}', password: 'x' }]) {
        const typed = { config: { ...config, host, ...change }, credentials: account };
        expect(() => settleTest(typed, deployed)).toThrow(expect.objectContaining({ code: 'NOT_CONFIGURED' }));
      }
    }
  });

  it.each([
    ['a variable that is not deployed', { config, credentials: { username: '${HOME}', password: 'x' } }],
    ['a deployed variable in another field', { config, credentials: { username: '${NVR_PASSWORD}', password: 'x' } }],
    ['a variable in its old spelling', { config: { host: '$(HOME)' }, credentials: { username: 'a', password: 'x' } }],
    ['a variable between blanks', { config: { host: ' ${HOME} ' }, credentials: { username: 'a', password: 'x' } }],
  ])('%s is not read', (_, typed) => {
    expect(() => settleTest(typed, deployed)).toThrow(expect.objectContaining({ code: 'NOT_CONFIGURED' }));
  });

  it('nothing is known of a node that is not deployed', () => {
    const typed = { config: { host: 'nvr' }, credentials: stored };
    expect(() => settleTest(typed, undefined)).toThrow(expect.objectContaining({ code: 'NOT_CONFIGURED' }));
  });
});
