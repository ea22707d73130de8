import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readConfiguration } from '../../src/homebridge/config.js';
import { PLATFORM_NAME } from '../../src/homebridge/settings.js';

const root = new URL('../../', import.meta.url);
const form = JSON.parse(readFileSync(new URL('config.schema.json', root), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false }).compile(form.schema);
const nvr = { name: 'House', host: '192.168.1.20', username: 'admin', password: 'secret' };

describe('the form of the settings page', () => {
  it('is for this platform', () => {
    expect(form).toMatchObject({ pluginAlias: PLATFORM_NAME, pluginType: 'platform', singular: true });
  });

  it.each<[string, unknown]>([
    ['least', { name: 'x', nvrs: [nvr] }],
    ['IPv6', { name: 'x', nvrs: [{ ...nvr, host: '[fe80::1]' }] }],
    [
      'most',
      {
        name: 'x',
        ffmpeg: '/usr/bin/ffmpeg',
        nvrs: [
          {
            ...nvr,
            port: 443,
            https: true,
            fingerprint: Array(32).fill('AB').join(':'),
            outputs: [{ pin: 5, name: 'Gate', pulse: 1.5 }],
          },
        ],
      },
    ],
  ])('accepts what the platform accepts: the %s', (_, configuration) => {
    expect(validate(configuration)).toBe(true);
    expect(readConfiguration(configuration).problems).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a URL as address', { host: 'http://x' }],
    ['no password', { password: undefined }],
    ['a port out of range', { port: 0 }],
    ['an output without pin', { outputs: [{ pulse: 1 }] }],
    ['a pulse of no length', { outputs: [{ pin: 1, pulse: 0 }] }],
  ])('refuses what the platform refuses: %s', (_, wrong) => {
    const configuration = JSON.parse(JSON.stringify({ name: 'x', nvrs: [{ ...nvr, ...wrong }] }));
    expect(validate(configuration)).toBe(false);
    expect(readConfiguration(configuration).problems).not.toEqual([]);
  });

  it('accepts the example of the README', () => {
    const readme = readFileSync(new URL('README.md', root), 'utf8');
    const examples = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json ?? ''));
    const platforms = examples
      .flatMap((example) => example.platforms ?? [])
      .filter(({ platform }) => platform === PLATFORM_NAME);
    expect(platforms).not.toEqual([]);
    for (const platform of platforms) {
      expect(validate(platform)).toBe(true);
      expect(readConfiguration(platform)).toMatchObject({ nvrs: [{}], problems: [] });
    }
  });
});
