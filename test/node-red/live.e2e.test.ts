import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { Simulator } from '../../packages/simulator/src/index.js';
import { launchChromium } from '../support/chromium.js';
import { until } from '../support/until.js';
import { NodeRedProcess } from './support/node-red-process.js';
import type { Flow } from './support/palette.js';

const { hashSync } = createRequire(createRequire(import.meta.url).resolve('node-red/package.json'))('bcryptjs') as {
  readonly hashSync: (password: string, rounds: number) => string;
};
const visitor = { username: 'guest', password: 'let me see' };

let simulator: Simulator;
let nodeRed: NodeRedProcess;
let browser: Browser;
beforeAll(async () => {
  simulator = await Simulator.start();
  nodeRed = await NodeRedProcess.start({
    httpNodeAuth: { user: visitor.username, pass: hashSync(visitor.password, 4) },
  });
  browser = await launchChromium();
  const example = await readFile(new URL('../../examples/camera-live.json', import.meta.url), 'utf8');
  const flow = (JSON.parse(example) as Flow).map((node) =>
    node['type'] === 'everfocus-nvr' ? { ...node, port: String(simulator.port) } : node,
  );
  await nodeRed.deploy(flow, { 'ef-nvr': { username: 'admin', password: 'admin123' } });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await nodeRed[Symbol.asyncDispose]();
  await simulator.stop();
});

/** What a page's video shows, as the browser has it. */
interface Video {
  readonly currentTime: number;
  readonly videoWidth: number;
}

it("the example's page plays live video, and its sound, for those whom Node-RED lets in", async () => {
  const address = `${nodeRed.url}/everfocus/ef-live-camera/1/live.mp4`;
  expect((await fetch(address)).status).toBe(401);
  expect(simulator.openSockets).toBe(0);
  const context = await browser.newContext({ httpCredentials: visitor });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(`${nodeRed.url}/watch`);
  const shown = () =>
    page.evaluate(() => {
      const { document } = globalThis as unknown as { document: { querySelector(name: string): Video } };
      const { currentTime, videoWidth } = document.querySelector('video');
      return { currentTime, videoWidth };
    });
  await until('the video to play', async () => (await shown()).currentTime > 0.5, 30_000);
  const heard = () => page.evaluate('document.querySelector("video").webkitAudioDecodedByteCount');
  await until('sound to be decoded', async () => Number(await heard()) > 2000, 30_000);
  const before = await shown();
  await until('it to play on', async () => (await shown()).currentTime > before.currentTime + 1, 30_000);
  expect([before.videoWidth, complaints]).toEqual([640, []]);
  // Who watches is one, and who leaves is none.
  await context.close();
  await nodeRed.deploy([], {});
  await until('nothing to be open at the NVR', () => simulator.openSockets === 0);
}, 120_000);
