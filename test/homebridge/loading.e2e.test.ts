import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { isNewEnough } from '../../src/homebridge/index.js';
import { HapHome } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';

describe('the version of Node.js', () => {
  it.each([
    ['18.20.0', false],
    ['20.19.5', false],
    ['22.8.0', false],
    ['22.9.0', true],
    ['22.21.1', true],
    ['24.0.0', true],
    ['26.1.0', true],
  ])('%s: new enough %s', (version, enough) => {
    expect(isNewEnough(version)).toBe(enough);
  });
});

describe('a plugin that cannot be loaded', () => {
  let plugins: string;
  let simulator: Simulator;
  let homebridge: HomebridgeProcess;
  let home: HapHome;

  beforeAll(async () => {
    plugins = await mkdtemp(join(tmpdir(), 'broken-plugin-'));
    await cp(await packedPackage(), plugins, { recursive: true });
    simulator = await Simulator.start({ mac: '00:11:14:00:0f:01', cameras: 1 });
    const { host, port } = simulator;
    const nvrs = [{ name: 'House', host, port, username: 'admin', password: 'admin123' }];
    homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs } });
    home = await HapHome.pair(homebridge);
    await homebridge.line(connectedLine('House'));
  }, 180_000);

  afterAll(async () => {
    await home?.close();
    await homebridge?.dispose();
    await simulator?.stop();
    await rm(plugins, { recursive: true, force: true });
  });

  it('says why, and costs no accessory', async () => {
    const before = (await home.accessories()).map(({ aid, name }) => [aid, name]);
    expect(before).toHaveLength(3);
    // As with a version of it that another Node.js has installed.
    const file = join(plugins, 'node_modules/undici/index.js');
    const whole = await readFile(file, 'utf8');
    await homebridge.terminate();
    await writeFile(file, 'throw new TypeError("Cannot read properties of undefined (reading \'bind\')");\n');
    const from = homebridge.lines.length;
    await homebridge.start();
    const line = await homebridge.line(/The plugin cannot be loaded on Node\.js/, from);
    expect(line).toContain('undici');
    expect(line).toContain('Install it again');
    expect((await home.accessories()).map(({ aid, name }) => [aid, name])).toEqual(before);

    await homebridge.terminate();
    await writeFile(file, whole);
    const again = homebridge.lines.length;
    await homebridge.start();
    await homebridge.line(connectedLine('House'), again);
    expect((await home.accessories()).map(({ aid, name }) => [aid, name])).toEqual(before);
  });
});
