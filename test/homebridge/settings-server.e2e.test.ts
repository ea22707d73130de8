import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

let simulator: Simulator;
let folder: string;
let server: ChildProcess;
/** What the server says to the page, and through it to the browser. */
const said: {
  readonly action: string;
  readonly payload: { readonly requestId?: string; readonly success?: boolean };
}[] = [];

beforeAll(async () => {
  simulator = await Simulator.start({ cameras: 1 });
  folder = await mkdtemp(join(tmpdir(), 'everfocus-settings-'));
  const ffmpeg = join(folder, 'ffmpeg');
  // One that is asked what it can, says nothing, and is counted.
  await writeFile(ffmpeg, `#!/bin/sh\necho start >> "${join(folder, 'starts')}"\n`);
  await chmod(ffmpeg, 0o755);
  const config = join(folder, 'config.json');
  await writeFile(config, JSON.stringify({ platforms: [{ platform: 'EverFocusNVR', ffmpeg, nvrs: [] }] }));
  server = fork(join(await packedPackage(), 'node_modules/homebridge-everfocus-nvr/homebridge-ui/server.js'), {
    env: { ...process.env, HOMEBRIDGE_STORAGE_PATH: folder, HOMEBRIDGE_CONFIG_PATH: config },
    silent: true,
  });
  server.on('message', (message) => said.push(message as (typeof said)[number]));
  await until('the server is ready', () => said.some(({ action }) => action === 'ready'));
}, 120_000);

afterAll(async () => {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

it('a page that changes its mind a thousand times makes the server look at one NVR after the other', async () => {
  const fields = { host: simulator.host, port: simulator.port, username: 'admin' };
  const starts = async () => (await readFile(join(folder, 'starts'), 'utf8').catch(() => '')).split('\n').length - 1;
  for (let id = 0; id < 1000; id++) {
    const body = { nvr: { fields, password: 'admin123' }, id };
    server.send({ action: 'request', path: '/watch', requestId: `${id}`, body });
  }
  await until('all are answered', () => said.filter(({ action }) => action === 'response').length === 1000);
  await until('the last one is looked at', () => simulator.requests.some(({ path }) => path === '/device/cameraList'));
  // What it takes to know one ffmpeg, for the first and for the last.
  expect(await starts()).toBeLessThan(40);
});
