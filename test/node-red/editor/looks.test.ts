import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { readBundle } from '../../../packages/simulator/src/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';
import { cutTexts, faintTexts } from '../support/form-texts.js';

const session = withEditor([]);
const result = () => session().editor.page.locator('#everfocus-nvr-result');
const press = (what: string) => session().editor.page.click(`#everfocus-nvr-${what}`);

it('examines an NVR out of its form, with the password that the editor never saw', async () => {
  const { editor } = session();
  await editor.page.setViewportSize({ width: 1280, height: 800 });
  await editor.editNvr('nvr');
  expect(await cutTexts(editor)).toEqual([]);
  await press('examine');
  await result().locator('.everfocus-finding', { hasText: 'dialect' }).waitFor({ timeout: 60_000 });
  for (const check of ['login', 'hooks', 'live main']) {
    expect(await result().locator('.everfocus-finding-good', { hasText: check }).count()).toBeGreaterThan(0);
  }
  const encryption = result().locator('.everfocus-finding-warning', { hasText: 'encryption' });
  expect(await encryption.locator('.everfocus-note').innerText()).toContain('HTTPS');
  await editor.screenshot('nvr-examined');
  expect(await faintTexts(editor)).toEqual([]);
});

it('captures how it answers, shows that, and saves it without its secrets', async () => {
  const { editor, simulator } = session();
  await press('capture');
  const save = editor.page.locator('#everfocus-nvr-save');
  await save.waitFor({ timeout: 60_000 });
  expect(await result().innerText()).toMatch(/Answers to \d{2} operations[^]*[1-9] passwords/);
  await result().locator('summary').click();
  const shown = await result().locator('textarea').inputValue();
  await editor.screenshot('nvr-captured');
  expect(await faintTexts(editor)).toEqual([]);
  const [download] = await Promise.all([editor.page.waitForEvent('download'), save.click()]);
  const saved = await readFile(await download.path());
  expect(download.suggestedFilename()).toMatch(/^everfocus-capture-\d{12}\.json$/);
  expect(saved.toString()).toBe(shown);
  expect(readBundle(saved).exchanges.length).toBeGreaterThan(40);
  for (const secret of ['admin123', '127.0.0.1', 'Camera 1']) expect(shown).not.toContain(secret);
  await press('capture');
  // The flows have one event socket of their own, or none.
  await until('it listens at the NVR', () => simulator.openSockets > 3);
  await press('capture');
  await until('nothing of it to be open', () => simulator.openSockets === 0);
  await until('nothing of it to be shown', async () => (await result().innerText()) === '');
  await editor.closeNvr();
});
