import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BridgeConfigError, readBridgeConfig } from '../../src/mqtt/index.js';

describe('The configuration of the bridge', () => {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: unknown, mode = 0o600) => {
    const path = join(folder, 'config.json');
    rmSync(path, { force: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return path;
  };
  const nvr = { host: '192.168.1.20', username: 'admin', password: 'hunter2' };
  const good = { site: 'home', broker: { url: 'mqtts://broker.example' }, nvrs: [nvr] };

  const faults = async (content: unknown, environment = {}) => {
    const error = await readBridgeConfig(file(content), environment).catch((problem) => problem);
    expect(error).toBeInstanceOf(BridgeConfigError);
    expect(String(error.message)).not.toContain('hunter2');
    return (error as BridgeConfigError).faults.map(({ path, message }) => `${path} ${message}`);
  };

  it('is complete with what nobody wrote', async () => {
    const { config, advice } = await readBridgeConfig(file(good), {});
    expect(config).toMatchObject({
      ...{ prefix: 'everfocus', homeAssistant: 'homeassistant', data: join(folder, 'everfocus-bridge') },
      broker: { host: 'broker.example', port: 8883, tls: true, clientId: 'everfocus-home', version: '5' },
      nvrs: [{ https: true, events: ['Motion', 'VideoLoss'], commands: { outputs: false, ptz: false, record: false } }],
      queue: { events: 10_000, bytes: 16 * 1024 * 1024 },
    });
    const nothing = { outputs: false, ptz: false, record: false, snapshot: false, call: new Set() };
    expect(config.nvrs[0]?.commands).toEqual(nothing);
    expect(config.nvrs[0]?.snapshots).toBeUndefined();
    expect(advice).toEqual([]);
    const content = { ...good, nvrs: [{ ...nvr, snapshots: {}, commands: { ptz: true } }], queue: { events: 500 } };
    const partly = (await readBridgeConfig(file(content), {})).config;
    expect(partly.nvrs[0]).toMatchObject({ snapshots: { onEvent: true }, commands: { ptz: true, outputs: false } });
    expect(partly.queue).toEqual({ events: 500, bytes: 16 * 1024 * 1024 });
  });

  it('may have comments, trailing commas and a byte order mark', async () => {
    const text = `\uFEFF// at home\n{ $schema: 'x', "//": 'why', ${JSON.stringify(good).slice(1, -1)}, }`;
    expect((await readBridgeConfig(file(text), {})).config.site).toBe('home');
  });

  it.each<[string, (path: string) => unknown, RegExp]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path]), /is no plain file/],
    ['a folder', (path) => mkdirSync(path), /cannot be read \(EISDIR\)/],
    ['lists without end', (path) => writeFileSync(path, '['.repeat(500_000)), /is no JSON|is nested/],
    ['too much', (path) => writeFileSync(path, ' '.repeat(1024 * 1024 + 1)), /is larger than/],
    ['another encoding', (path) => writeFileSync(path, JSON.stringify(good), 'utf16le'), /is no JSON/],
  ])('is refused where it is %s, and that is said', async (_, make, words) => {
    const path = join(folder, 'odd.json');
    make(path);
    const error = await readBridgeConfig(path, {}).catch((problem) => problem);
    rmSync(path, { recursive: true });
    expect(error).toBeInstanceOf(BridgeConfigError);
    expect(error.message).toMatch(words);
  });

  it('takes passwords from variables and files', async () => {
    writeFileSync(join(folder, 'secret'), 'from file\r\nmore\n');
    const content = {
      ...good,
      broker: { ...good.broker, username: 'me', passwordFile: 'secret' },
      nvrs: [{ host: 'nvr', username: 'admin', passwordEnv: 'NVR_PASSWORD' }],
    };
    const { config } = await readBridgeConfig(file(content), { NVR_PASSWORD: 'from variable' });
    expect([config.broker.password, config.nvrs[0]?.password]).toEqual(['from file', 'from variable']);
  });

  it('warns where others can read a password, or read along', async () => {
    const { advice } = await readBridgeConfig(file({ ...good, broker: { url: 'mqtt://broker.example' } }, 0o644), {});
    expect(advice).toEqual([expect.stringContaining('chmod 600'), expect.stringContaining('without encryption')]);
    const local = await readBridgeConfig(file({ ...good, broker: { url: 'mqtt://127.0.0.1:1884' } }), {});
    expect([local.advice, local.config.broker.port]).toEqual([[], 1884]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{ "site": ', ' is no JSON'],
    ['a list', [], ' must be an object'],
    ['nothing', {}, 'site is missing: write a name such as "home"'],
    ['a slip', { ...good, nvr: [] }, 'nvr is not known: do you mean "nvrs"?'],
    ['a site with levels', { ...good, site: 'a/b' }, 'site does not fit'],
    ['a wildcard as site', { ...good, site: '+' }, 'site does not fit'],
    ['no NVR', { ...good, nvrs: [] }, 'nvrs is empty'],
    ['a wrong type', { ...good, nvrs: [{ ...nvr, https: 'yes' }] }, 'nvrs[0].https must be true or false'],
    ['a wrong port', { ...good, nvrs: [{ ...nvr, port: 0 }] }, 'nvrs[0].port must be a whole number from 1 to 65535'],
    [
      'an address with port',
      { ...good, nvrs: [{ ...nvr, host: '10.0.0.1:80' }] },
      'nvrs[0].host must be an IP address',
    ],
    ['no password', { ...good, nvrs: [{ ...nvr, password: undefined }] }, 'nvrs[0].password is missing'],
    ['two passwords', { ...good, nvrs: [{ ...nvr, passwordEnv: 'A' }] }, 'nvrs[0].password is given more than once'],
    [
      'an unset variable',
      { ...good, nvrs: [{ ...nvr, password: undefined, passwordEnv: 'NO' }] },
      'nvrs[0].passwordEnv names a variable that is not set',
    ],
    ['a missing file', { ...good, broker: { ...good.broker, ca: 'none.pem' } }, 'broker.ca is not there'],
    [
      'credentials in the address',
      { ...good, broker: { url: 'mqtts://me:hunter2@broker' } },
      'broker.url does not fit',
    ],
    ['another protocol', { ...good, broker: { url: 'http://broker' } }, 'broker.url does not fit'],
    ['the same NVR twice', { ...good, nvrs: [nvr, { ...nvr, port: 443 }] }, 'nvrs[1].host is that of nvrs[0]'],
    [
      'a fingerprint without HTTPS',
      { ...good, nvrs: [{ ...nvr, https: false, fingerprint: 'AA:'.repeat(31) + 'AA' }] },
      'nvrs[0].fingerprint goes with https',
    ],
    [
      'destruction',
      { ...good, nvrs: [{ ...nvr, commands: { call: ['reboot'] } }] },
      'nvrs[0].commands.call[0] destroys something',
    ],
    [
      'an unknown operation',
      { ...good, nvrs: [{ ...nvr, commands: { call: ['fly'] } }] },
      'nvrs[0].commands.call[0] is no operation',
    ],
    [
      'a file as reply',
      { ...good, nvrs: [{ ...nvr, commands: { call: ['backupConfig'] } }] },
      'nvrs[0].commands.call[0]',
    ],
    [
      'pictures on command without pictures',
      { ...good, nvrs: [{ ...nvr, commands: { snapshot: true } }] },
      'nvrs[0].commands.snapshot needs "snapshots"',
    ],
  ])('with %s is told with its place', async (_, content, fault) => {
    expect(await faults(content)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  it('tells all faults at once, and no more than anybody reads', async () => {
    expect(await faults({ ...good, site: '', prefix: '#', nvrs: [{ ...nvr, port: 'x' }] })).toHaveLength(3);
    expect(await faults({ ...good, nvrs: Array.from({ length: 900 }, () => ({})) })).toHaveLength(50);
  });

  it('whose names would forge lines, or steer a terminal, shows them without that', async () => {
    const [fault = ''] = await faults({ ...good, '\u001b[2J\nall is well': 1 });
    expect(fault).toContain('all is well is not known');
    expect(fault).not.toMatch(/\p{Cc}/u);
  });

  it.each<[string, string, string]>([
    ['a million lists within each other', '['.repeat(1024 * 1024), 'lists and objects nested more than 32 deep'],
    ['as many objects', `${'{a:'.repeat(300_000)}1${'}'.repeat(80_000)}`, 'lists and objects nested more than 32 deep'],
    ['lists in which comments hide', '[/*]*/'.repeat(170_000), 'lists and objects nested more than 32 deep'],
    ['lists on end', `[${'[],'.repeat(300_000)}]`, 'more than 50000 values'],
    ['fields on end', `{${'a:1,'.repeat(250_000)}}`, 'more than 50000 values'],
  ])('is not even read where it is %s', async (_, text, words) => {
    expect(await faults(text)).toEqual([` is no JSON that is read: JSON with ${words}`]);
  });

  it('may be as large as that of a thousand NVRs, with all that one can say of each', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({
      ...{ ...nvr, host: `10.1.${index >> 8}.${index & 255}`, port: 443, https: true, id: `nvr-${index}` },
      ...{ fingerprint: 'AB:'.repeat(31) + 'AB', events: ['Motion', 'VideoLoss', 'Intrusion', 'LineCrossing'] },
      snapshots: { onEvent: true, everySeconds: 60 },
      commands: { outputs: true, ptz: true, record: true, snapshot: true, call: ['getSystemInfo', 'getTime'] },
    }));
    const text = `// it's "ours"\n${JSON.stringify({ ...good, nvrs: many })}`;
    expect((await readBridgeConfig(file(text), {})).config.nvrs).toHaveLength(1000);
  });

  it('of any size, or none, costs nothing', async () => {
    expect(await faults(`"${'x'.repeat(1024 * 1024)}"`)).toEqual([expect.stringContaining('is larger than')]);
    const error = await readBridgeConfig('/dev/zero').catch((problem) => problem);
    expect(error.faults[0].message).toContain('is larger than');
    expect((await readBridgeConfig('/nowhere/config.json').catch((problem) => problem)).faults[0].message).toBe(
      'is not there',
    );
  });
});
