import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MAX_BRIDGED } from '../../src/homebridge/settings.js';
import { HapHome } from '../support/hap/hap-home.js';
import { HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';

const CAMERAS = 200;

/** An NVR that lists more cameras than a bridge of HomeKit may have accessories. */
const replies: Readonly<Record<string, unknown>> = {
  'GET /admin/login': { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' },
  'POST /admin/login': { Result: 'OK', Description: 'userID=1' },
  'GET /system/getSystemInfo': { model: 'Huge', serial: 'S200', software_version: '1.0.0' },
  'GET /device/cameraList': Array.from({ length: CAMERAS }, (_, index) => ({
    ChannelID: index + 1,
    Enable: true,
    DeviceName: `Camera ${index + 1}`,
  })),
};
const server = createServer((request, response) => {
  const reply = replies[`${request.method} ${request.url?.split('?')[0]}`] ?? { Result: 'Error', Description: 'no' };
  request.resume().on('end', () => response.end(JSON.stringify(reply)));
});

let homebridge: HomebridgeProcess;
let home: HapHome;
beforeAll(async () => {
  const plugins = await packedPackage();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const nvr = { name: 'House', host: '127.0.0.1', port, username: 'admin', password: 'admin123' };
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [nvr] } });
  home = await HapHome.pair(homebridge);
}, 180_000);
afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  server.closeAllConnections();
  server.close();
});

it('more cameras than a bridge may have are left out, told once, and Homebridge lives', async () => {
  // The NVR's own accessory has its place before them.
  await homebridge.line(new RegExp(`${CAMERAS - (MAX_BRIDGED - 1)} cameras are not in Home`));
  await homebridge.line(/connected( again)?, .*200 cameras/);
  // In whatever order Homebridge keeps them.
  const shown = async () => (await home.accessories()).map(({ aid, name }) => `${aid} ${name}`).sort();
  const before = await shown();
  // The bridge itself is one of them.
  expect(before).toHaveLength(1 + MAX_BRIDGED);
  expect(before).toContainEqual(expect.stringMatching(/ House$/));
  await homebridge.terminate();
  const from = homebridge.lines.length;
  await homebridge.start();
  await homebridge.line(/connected( again)?, .*200 cameras/, from);
  expect(await shown()).toEqual(before);
  expect(homebridge.troubles).toEqual([]);
});
