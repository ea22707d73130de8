import { expect, it } from '@jest/globals';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([]);
const said = () => session().editor.page.locator('#everfocus-now-said');
const tree = () => session().editor.page.locator('.everfocus-tree');

it('a read is run out of its form, before anything is deployed, and a path is copied from its reply', async () => {
  const { editor } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-call', 300, 100);
  await editor.edit(id);
  await editor.chooseOperation('cameraList', 'cameralist');
  await page.click('#everfocus-now');
  await said()
    .filter({ hasText: /answered in \d+ ms/ })
    .waitFor();
  await tree().locator('.red-ui-debug-msg-object-key', { hasText: /^1$/ }).first().click();
  const name = tree().locator('.red-ui-debug-msg-row', { hasText: 'DeviceName' }).first();
  await name.hover();
  await name.locator('.red-ui-debug-msg-tools-copy > button').first().click();
  await editor.screenshot('run-now');
  expect(await said().innerText()).toContain('msg.payload[1].DeviceName is copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('payload[1].DeviceName');
  await editor.done();
});

it('the path goes into the row that was edited last, and is offered to others', async () => {
  const { editor } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-call', 300, 200);
  await editor.edit(id);
  await editor.chooseOperation('cameraDetail', 'cameraDetail');
  await editor.fillRow('ChannelID', undefined, '2');
  await page.click('#everfocus-now');
  const row = tree().locator('.red-ui-debug-msg-row', { hasText: 'ChannelID' }).first();
  await row.hover();
  await row.locator('.red-ui-debug-msg-tools-copy > button').first().click();
  await page.click('#everfocus-into-row');
  await page.click('#everfocus-now');
  expect(await said().innerText()).toMatch(/takes its value from a flow/);
  await editor.row('ChannelID').locator('.red-ui-typedInput-input').fill('payload[1]');
  await editor.row('ChannelID').locator('.red-ui-typedInput-input').press('End');
  await page.locator('.red-ui-autoComplete-container:visible li', { hasText: 'payload[1].DeviceName' }).click();
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({
    params: { ChannelID: { type: 'msg', value: 'payload[1].DeviceName' } },
  });
});

it('says why the NVR gave no answer, and offers no run for what changes something', async () => {
  const { editor, simulator } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-output', 300, 300);
  await editor.edit(id);
  expect(await page.locator('#everfocus-now').count()).toBe(0);
  await editor.chooseOperation('readInput', 'read an input');
  await page.click('#everfocus-now');
  expect(await said().innerText()).toMatch(/missing or wrong: Input/i);
  await editor.fillRow('pin', undefined, '99');
  await page.click('#everfocus-now');
  await said()
    .filter({ hasText: /^That cannot be asked: INVALID_PARAMETER: .*no pin 99/ })
    .waitFor();
  await editor.screenshot('run-now-error');
  expect(simulator.refused).toEqual([]);
  await editor.done();
});

it('is worked by keyboard', async () => {
  const { editor } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-settings', 300, 400);
  await editor.edit(id);
  await editor.chooseOperation('EMail.read', 'mail read');
  await page.locator('#everfocus-now').focus();
  await page.keyboard.press('Enter');
  await tree().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await page.locator('.everfocus-tree :focus').count()).toBe(1);
  await editor.done();
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
