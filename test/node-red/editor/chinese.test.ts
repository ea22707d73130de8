import { expect, it } from '@jest/globals';
import { withEditor } from '../support/editor-session.js';
import { cutTexts, englishTexts } from '../support/form-texts.js';

const session = withEditor([], {}, { empty: true, locale: 'zh-TW', beside: ['@flowfuse/node-red-dashboard'] });
const types = ['camera-event', 'nvr-event', 'picture', 'live', 'recordings', 'ptz', 'output', 'talk', 'settings'];

it.each([...types.map((type) => `everfocus-${type}`), 'everfocus-call', 'everfocus-discover', 'ui-everfocus-tile'])(
  'the form of %s is Chinese, and nothing of it is cut off',
  async (type) => {
    const { editor } = session();
    const id = await editor.dragIn(type, 300, 120);
    expect(await editor.page.locator(`[id="${id}"] .red-ui-flow-node-label`).textContent()).toMatch(/\p{Script=Han}/u);
    await editor.edit(id);
    if (type !== 'everfocus-discover') {
      await editor.page.locator('#everfocus-first').waitFor();
      await editor.page.fill('#everfocus-first-password', 'admin123');
      await editor.page.press('#everfocus-first-password', 'Tab');
    }
    if (type === 'everfocus-settings') await editor.chooseOperation('AlarmSettings.change', 'alarmsettings');
    await editor.screenshot(`chinese-${type}`);
    expect(await englishTexts(editor)).toEqual([]);
    expect(await cutTexts(editor)).toEqual([]);
    await editor.page.click('#node-dialog-cancel');
    await editor.page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
    await editor.page.keyboard.press('Delete');
  },
);

it('the dialog of an NVR is Chinese too', async () => {
  const { editor } = session();
  const id = await editor.dragIn('everfocus-output', 300, 120);
  await editor.edit(id);
  await editor.addNvr();
  await editor.page.click('#everfocus-nvr-several > summary');
  await editor.screenshot('chinese-nvr');
  expect(await englishTexts(editor)).toEqual([]);
  expect(await cutTexts(editor)).toEqual([]);
});
