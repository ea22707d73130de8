import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { jpegSize } from '../../../src/shared/codec/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';
import type { Flow } from '../support/palette.js';

/** The examples of release 0.1, as its editor wrote them: each of its types is in them. */
const examples = ['api-call-with-catch', 'do-pulse', 'motion-to-snapshot'].flatMap((name) => {
  const file = new URL(`../fixtures/0.1-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Flow;
});
const formerTypes = ['everfocus-api', 'everfocus-event', 'everfocus-io', 'everfocus-snapshot'];
const session = withEditor([]);

/** Deploys them for the simulator. All have the same NVR. */
async function importAll(): Promise<void> {
  const { simulator, nodeRed, editor } = session();
  const port = String(simulator.port);
  const flows = [...new Map(examples.map((node) => [node['id'], node])).values()].map((node) =>
    node['id'] === 'ef-nvr' ? { ...node, port } : node,
  );
  await nodeRed.deploy(flows, { 'ef-nvr': { username: 'admin', password: 'admin123' } });
  await editor.reload();
}

/** Presses the button of an inject node. */
async function inject(id: string): Promise<void> {
  const { status } = await fetch(`${session().nodeRed.url}/inject/${id}`, { method: 'POST' });
  expect(status).toBe(200);
}

/** Each flow does what its comments say. */
async function works(): Promise<void> {
  const { simulator, nodeRed, editor } = session();
  await until('the event node to listen', () => simulator.openSockets > 0);
  await inject('ef-pulse-list');
  await editor.hadStatus('ef-pulse-pins', /^1$/);
  await inject('ef-pulse-pulse');
  await until('the output to be on', () => simulator.pin(5) === 1);
  await until('the output to be off', () => simulator.pin(5) === 0);

  await inject('ef-api-go');
  await editor.hadStatus('ef-api-reply', /^1$/);
  await inject('ef-api-list');
  await editor.hadStatus('ef-api-answer', /^1$/);
  await inject('ef-api-wrong');
  await editor.hadStatus('ef-api-fix', /^INVALID_PARAMETER$/);

  await inject('ef-motion-throw');
  await editor.hadStatus('ef-motion-debug', /^1$/);
  const picture = await fetch(`${nodeRed.url}/newest-snapshot`);
  expect(picture.headers.get('content-type')).toBe('image/jpeg');
  expect(jpegSize(Buffer.from(await picture.arrayBuffer()))?.width).toBeGreaterThan(0);
}

it('flows of 0.1 do what they did', async () => {
  await importAll();
  await works();
}, 60_000);

it('their forms, opened and done, leave them as they were', async () => {
  const { editor } = session();
  const nodes = examples.filter(({ type }) => formerTypes.includes(String(type)));
  expect([...new Set(nodes.map(({ type }) => String(type)))].sort()).toEqual(formerTypes);
  for (const { id, type } of nodes) {
    const before = await editor.stored(String(id));
    expect(before).toMatchObject({ type, version: 1 });
    await editor.edit(String(id));
    await editor.done();
    expect(await editor.stored(String(id))).toEqual(before);
    expect(await editor.problems(String(id), String(type))).toEqual([]);
  }
  expect(await editor.dirty()).toBe(false);
}, 90_000);

it('changed and deployed, they go on working, and their types are not offered', async () => {
  const { editor } = session();
  for (const id of ['ef-api-info', 'ef-motion-event', 'ef-pulse-set', 'ef-motion-snapshot']) {
    await editor.edit(id);
    await editor.page.fill('#node-input-name', 'renamed');
    await editor.done();
    expect(await editor.stored(id)).toMatchObject({ name: 'renamed', nvr: 'ef-nvr' });
  }
  await editor.deploy();
  await editor.reload();
  await works();
  for (const type of formerTypes) {
    expect(await editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).count()).toBe(0);
  }
  expect(session().problems).toEqual([]);
}, 90_000);
