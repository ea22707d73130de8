import { expect, it } from '@jest/globals';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true, release: 'node-red-4' });

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
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
