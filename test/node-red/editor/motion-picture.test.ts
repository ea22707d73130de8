import { expect, it } from '@jest/globals';
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jpegSize } from '../../../src/shared/codec/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([]);

it('motion at the gate becomes a picture in a file within ten actions', async () => {
  const { editor, simulator } = session();
  const { page } = editor;
  await using folder = await mkdtempDisposable(join(tmpdir(), 'gate-'));
  const id = await editor.dragIn('everfocus-camera-event', 300, 120);
  await editor.open(id);
  await editor.click('#everfocus-cameras button[data-value="2"]');
  await editor.choose('#node-input-picture', 'file');
  await editor.type('#node-input-folder', folder.path);
  await editor.screenshot('camera-event-file');
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(10);
  expect(await editor.stored(id)).toMatchObject({ nvr: 'nvr', cameras: '2', kinds: 'motion', state: 'active' });
  await until('the events to be listened to', () => simulator.openSockets > 0);
  // The names of the cameras are known then.
  await page.locator(`[id="${id}"] .red-ui-flow-node-status-label`, { hasText: 'connected' }).waitFor();
  simulator.motion(1);
  simulator.motion(2);
  const [name = ''] = await until('its picture', async () => {
    const names = await readdir(folder.path);
    return names.some((one) => one.endsWith('.jpg')) && names;
  });
  // When, where and what.
  expect(name).toMatch(/^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_.*2_motion\.jpg$/);
  expect(jpegSize(await readFile(join(folder.path, name)))).toMatchObject({ width: expect.any(Number) });
});

it('a button that somebody is about to press stays where the cameras come once more', async () => {
  const { editor } = session();
  const { page } = editor;
  await editor.open(await editor.dragIn('everfocus-camera-event', 300, 180));
  const button = page.locator('#everfocus-cameras button[data-value="2"]');
  const pressed = await button.elementHandle();
  const listed = page.waitForResponse((response) => response.url().includes('/everfocus-nvr/'));
  await page.dispatchEvent('#node-input-nvr', 'change');
  await listed;
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await pressed?.evaluate((element) => element.isConnected)).toBe(true);
  await editor.done();
});

it('the form of camera live shows where browsers find it', async () => {
  const { editor } = session();
  const id = await editor.dragIn('everfocus-live', 300, 220);
  await editor.open(id);
  await editor.page.click('#everfocus-live-cameras button[data-value="1"]');
  await editor.page.check('#node-input-address');
  const links = await editor.page.locator('#everfocus-live-links a').allInnerTexts();
  expect(links).toEqual(
    ['live.mp4', 'live.mjpeg', 'picture.jpg'].map((file) => `${session().nodeRed.url}/everfocus/${id}/1/${file}`),
  );
  await editor.page.setViewportSize({ width: 1280, height: 800 });
  const cut = (list: Element) => [...list.children].some((line) => line.scrollWidth > line.clientWidth);
  expect(await editor.page.locator('#everfocus-live-links').evaluate(cut)).toBe(false);
  await editor.screenshot('live');
  await editor.done();
  expect(await editor.problems(id, 'everfocus-live')).toEqual([]);
});

it('the form of camera picture has what a picture needs', async () => {
  const { editor } = session();
  const id = await editor.dragIn('everfocus-picture', 300, 320);
  await editor.open(id);
  await editor.fillRow('camera', undefined, '1');
  await editor.page.fill('#node-input-perMinute', '6');
  await editor.screenshot('picture');
  await editor.done();
  expect(await editor.problems(id, 'everfocus-picture')).toEqual([]);
  expect(await editor.stored(id)).toMatchObject({ nvr: 'nvr', operation: 'currentPicture', perMinute: '6' });
  expect(await editor.page.locator(`[id="${id}"] .red-ui-flow-node-label`).textContent()).toBe('Picture: 1');
});
