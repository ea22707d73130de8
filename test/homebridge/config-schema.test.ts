import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { formatted } from '../../scripts/docs/formatted.js';
import { settingsForm, withSettings } from '../../scripts/docs/homebridge-settings.js';
import { readConfiguration } from '../../src/homebridge/config.js';
import { PLATFORM_NAME } from '../../src/homebridge/settings.js';

const root = new URL('../../', import.meta.url);
const written = readFileSync(new URL('config.schema.json', root), 'utf8');
const readme = readFileSync(new URL('README.md', root), 'utf8');
const form = JSON.parse(written);
const validate = new Ajv({ allErrors: true, strict: false }).compile(form.schema);
const nvr = { name: 'House', host: '192.168.1.20', username: 'admin', password: 'secret' };

describe('the form of the settings page', () => {
  it('is the one of the declared settings, and so is the table of the README (npm run docs)', async () => {
    expect(written).toBe(await formatted(JSON.stringify(settingsForm()), 'json'));
    expect(readme).toBe(await formatted(withSettings(readme)));
  });

  it('shows every setting once', () => {
    const shown = [...JSON.stringify(form.layout).matchAll(/"(?:key":")?((?:nvrs\[\])?[\w.[\]]+)"/g)].map(
      ([, key]) => key,
    );
    const settings = (schema: { properties?: object; items?: object }, path: string): string[] =>
      Object.entries(schema.properties ?? {}).flatMap(([name, option]) =>
        option.properties
          ? settings(option, `${path}${name}.`)
          : [path + name, ...settings(option.items ?? {}, `${path}${name}[].`)],
      );
    for (const setting of settings(form.schema, '')) expect(shown.filter((key) => key === setting)).toHaveLength(1);
  });

  it('asks nothing that the plugin finds out by itself', () => {
    const names = [...JSON.stringify(form.schema).matchAll(/"(\w+)":\{"title"/g)].map(([, name]) => name);
    expect(names).toContain('manualRecord');
    const technical =
      /bitrate|resolution|width|height|fps|rate|codec|args|options|mtu|packet|streams|poll|interval|cache/i;
    expect(names.filter((name) => technical.test(name ?? ''))).toEqual([]);
  });

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
        mqtt: { url: 'mqtts://broker.example:8883', username: 'nvr', password: 'x', site: 'home', outputs: 'on' },
        nvrs: [
          {
            ...nvr,
            port: 443,
            https: true,
            fingerprint: Array(32).fill('AB').join(':'),
            outputs: [{ pin: 5, name: 'Gate', pulse: 1.5 }],
            inputs: [{ pin: 1, name: 'Back door', contact: 'closed' }],
            cameras: [{ channel: 1, doorbell: 'input 3', motion: 'Motion, Intellegent', hold: 10, occupancy: 300 }],
          },
        ],
      },
    ],
  ])('accepts what the platform accepts: the %s', (_, configuration) => {
    expect(validate(configuration)).toBe(true);
    expect(readConfiguration(configuration).problems).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no address', { host: undefined }],
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
