import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true, release: 'node-red-4', beside: ['@flowfuse/node-red-dashboard'] });

it('in Node-RED 4.1, a form finds the first NVR, runs a read, and Done adds the NVR', async () => {
  const { editor, nodeRed } = session();
  expect(nodeRed.output).toMatch(/Node-RED version: v4\.1/);
  const id = await editor.dragIn('everfocus-call', 300, 120);
  await editor.edit(id);
  await editor.firstNvr('admin123');
  await editor.chooseOperation('cameraList', 'cameralist');
  await editor.page.click('#everfocus-now');
  await editor.page.locator('#everfocus-now-said', { hasText: /answered in \d+ ms/ }).waitFor();
  await editor.page.locator('.everfocus-tree .red-ui-debug-msg-object-key', { hasText: /^1$/ }).first().waitFor();
  await editor.screenshot('node-red-4');
  await editor.done();
  const [nvr] = await editor.nvrIds();
  expect(await editor.stored(id)).toMatchObject({ nvr, operation: 'cameraList' });
  expect(await editor.problems(id, 'everfocus-call')).toEqual([]);
  // It is the only one by now.
  const event = await editor.dragIn('everfocus-camera-event', 300, 220);
  await editor.deploy();
  await editor.hadStatus(event, /connected/);
});

it('in Node-RED 4.1, the dialog of an NVR finds it', async () => {
  const { editor } = session();
  const [nvr = ''] = await editor.nvrIds();
  await editor.editNvr(nvr);
  await editor.page.click('#everfocus-nvr-find');
  await editor.page.locator('#everfocus-nvr-found button', { hasText: '127.0.0.1' }).click();
  expect(await editor.page.evaluate(() => document.activeElement?.id)).toBe('node-config-input-password');
  await editor.page.click('#node-config-dialog-cancel');
  await editor.page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
});

it.each([
  ['CSV', 'name;host;port;user;password\nNorth;10.1.2.3;81;admin;pass-1\nSouth;10.1.2.4;;admin;pass-2'],
  ['JSON', JSON.stringify([{ name: 'East', host: '10.1.2.5', user: 'admin', password: 'pass-3' }])],
])('in Node-RED 4.1, NVRs are imported out of %s, their passwords into the credentials', async (_, list) => {
  const { editor, nodeRed } = session();
  const before = await editor.nvrIds();
  const [call = ''] = await editor.idsOf('everfocus-call');
  await editor.edit(call);
  await editor.addNvr();
  await editor.page.click('#everfocus-nvr-several > summary');
  await editor.page.fill('#everfocus-nvr-list', list);
  await editor.page.click('#everfocus-nvr-import');
  await editor.page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
  await editor.chooseNvr('AiO NVR');
  await editor.done();
  const added = (await editor.nvrIds()).filter((id) => !before.includes(id));
  expect(added).toHaveLength(list.startsWith('[') ? 1 : 2);
  await editor.deploy();
  const read = async (name: string) => await readFile(join(nodeRed.userDir, name), 'utf8');
  const flows = JSON.parse(await read('flows.json')) as { id: string; host?: string }[];
  for (const id of added) expect(flows.find((node) => node.id === id)?.host).toMatch(/^10\.1\.2\.[345]$/);
  expect(JSON.stringify(flows)).not.toContain('pass-');
  expect(await read('flows_cred.json')).toContain(list.startsWith('[') ? 'pass-3' : 'pass-2');
});

it('in Node-RED 4.1, a camera tile shows its live picture on a dashboard', async () => {
  const { editor, nodeRed, browser } = session();
  const id = await editor.dragIn('ui-everfocus-tile', 300, 320);
  await editor.edit(id);
  await editor.chooseNvr('AiO NVR');
  await editor.page.click('#everfocus-tile-cameras [data-value="1"]');
  await editor.done();
  await editor.deploy();
  const page = await browser.newPage();
  await page.goto(`${nodeRed.url}/dashboard`);
  const video = page.locator('.ef-tile-video');
  const time = () => video.evaluate((element) => (element as HTMLVideoElement).currentTime);
  await until('the video to go on', async () => (await time()) > 1, 60_000);
  await page.close();
}, 90_000);

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
