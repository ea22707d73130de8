import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isPaired } from '../../scripts/demo/homebridge.js';
import { readOptions } from '../../scripts/demo/options.mjs';
import { welcome } from '../../scripts/demo/welcome.js';

describe('the welcome of the demo', () => {
  const options = readOptions([], '/');
  if (!options) throw new Error('no options');
  const bridge = { pin: '234-56-789', setupUri: 'X-HM://0023ISYWY1234', paired: false };

  it('shows the setup code, and that the port is open', () => {
    expect(welcome(options, bridge)).toMatch(/setup code 234-56-789[^]*open to the network/);
  });

  it('shows how to listen to the broker, where there is one', () => {
    expect(welcome(options, bridge)).not.toContain('mosquitto_sub');
    expect(welcome({ ...options, mqtt: true }, bridge)).toContain("mosquitto_sub -p 1884 -v -t 'everfocus/#'");
  });

  it('shows no setup code once paired', () => {
    const text = welcome(options, { ...bridge, paired: true });
    expect(text).toMatch(/already paired.*--reset/);
    expect(text).not.toContain('234-56-789');
  });
});

it.each([
  [false, 'no file', undefined],
  [false, 'no pairing', { pairedClients: {} }],
  [true, 'a pairing', { pairedClients: { 'AA-BB': 'c0ffee' } }],
])('that a bridge is paired is %j with %s', (expected, _, info) => {
  const storage = mkdtempSync(join(tmpdir(), 'everfocus-paired-'));
  mkdirSync(join(storage, 'persist'));
  if (info) writeFileSync(join(storage, 'persist/AccessoryInfo.0200000000AB.json'), JSON.stringify(info));
  expect(isPaired(storage, '02:00:00:00:00:AB')).toBe(expected);
  rmSync(storage, { recursive: true });
});
