import { afterEach, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { until } from '../../support/until.js';
import { picture } from '../support/editor-page.js';
import { withEditor } from '../support/editor-session.js';
import type { Flow } from '../support/palette.js';

const session = withEditor([], {}, { empty: true, videos: true, beside: ['@flowfuse/node-red-dashboard'] });
const examples = new URL('../../../examples/', import.meta.url);
const account = { 'ef-nvr': { username: 'admin', password: 'admin123' } };

/** An example, with the address of the simulator typed into its NVR. */
function imported(name = 'camera-tile'): Flow {
  const flow = JSON.parse(readFileSync(new URL(`${name}.json`, examples), 'utf8')) as Flow;
  const port = String(session().simulator.port);
  return flow.map((node) => (node['id'] === 'ef-nvr' ? { ...node, port } : node));
}

let page: Page;
/** Addresses of the live video that the page is being sent. */
const open = new Set<string>();
const complaints: string[] = [];

/** Deploys a flow and opens its dashboard. */
async function show(flow: Flow, height: number): Promise<void> {
  const { browser, nodeRed } = session();
  open.clear();
  await nodeRed.deploy(flow, account);
  page = await browser.newPage({ viewport: { width: 1300, height } });
  page.setDefaultTimeout(60_000);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => void (request.url().includes('/live?') && open.add(request.url())));
  page.on('requestfinished', (request) => void open.delete(request.url()));
  page.on('requestfailed', (request) => void open.delete(request.url()));
  await page.goto(`${nodeRed.url}/dashboard`);
}

/** How far the videos that have a picture have come, s. */
const times = (): Promise<number[]> =>
  page
    .locator('.ef-tile-video')
    .evaluateAll((videos) =>
      (videos as unknown as { currentTime: number; videoWidth: number }[])
        .filter(({ videoWidth }) => videoWidth > 0)
        .map(({ currentTime }) => currentTime),
    );

/** Resolves when so many videos go on: what stands still does not. */
async function allMove(count: number): Promise<void> {
  await until('a picture in each tile', async () => (await times()).length === count, 60_000);
  const before = await times();
  await until(
    'each of them to go on',
    async () => (await times()).every((time, index) => time > (before[index] ?? Infinity) + 0.5),
    60_000,
  );
}

afterEach(() => page.close());

it('the example shows two cameras on a dashboard', async () => {
  await show(imported(), 900);
  await allMove(2);
  expect((await page.locator('.ef-tile-name').allInnerTexts()).sort()).toEqual(['Camera 1', 'Camera 2']);
  await picture(page, 'tile-example');
}, 180_000);

it('the example of a gate switches an alarm output, and says what it is', async () => {
  const { simulator } = session();
  await show(imported('gate-dashboard'), 700);
  const knob = page.locator('.nrdb-switch input');
  const says = (text: string) => page.locator('.nrdb-ui-text-value', { hasText: text }).waitFor();
  for (const [value, text] of [
    [1, 'open'],
    [0, 'closed'],
  ] as const) {
    await knob.click();
    await until(`the output to be ${value}`, () => simulator.pin(5) === value);
    await says(text);
  }
  await picture(page, 'gate-dashboard');
  expect(complaints).toEqual([]);
}, 120_000);

it('sixteen tiles of four cameras all move, over one connection and out of four streams', async () => {
  const { simulator } = session();
  const [first] = imported().filter(({ type }) => type === 'ui-everfocus-tile');
  const tiles = Array.from({ length: 16 }, (_, index) => ({
    ...first,
    ...{ id: `tile${index}`, camera: String((index % 4) + 1), order: index, width: 3, height: 0, wires: [[]] },
  }));
  const rest = imported()
    .filter(({ type }) => type !== 'ui-everfocus-tile')
    .map((node) => (node['type'] === 'ui-group' ? { ...node, width: 12 } : node));
  const before = simulator.requests.length;
  await show([...rest, ...tiles], 1700);
  await allMove(16);
  expect([...open].map((url) => new URL(url).searchParams.getAll('tile').length)).toEqual([16]);
  const streams = simulator.requests.slice(before).filter(({ upgrade, path }) => upgrade && path.startsWith('/live/'));
  expect(streams.map(({ path }) => path).sort()).toEqual([1, 2, 3, 4].map((channel) => `/live/${channel}/1`));
  await picture(page, 'sixteen-tiles');
  expect(complaints).toEqual([]);
}, 180_000);
