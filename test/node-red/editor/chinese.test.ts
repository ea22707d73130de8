import { expect, it } from '@jest/globals';
import { cutTexts } from '../support/cut-texts.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true, locale: 'zh-TW', beside: ['@flowfuse/node-red-dashboard'] });
const types = ['camera-event', 'nvr-event', 'picture', 'live', 'recordings', 'ptz', 'output', 'talk', 'settings'];

/** What the form on top shows that is English. */
function english(): string[] {
  const form = [...document.querySelectorAll<HTMLElement>('.red-ui-tray .everfocus-form')].at(-1);
  if (!form) return ['no form'];
  const shown = [...form.querySelectorAll<HTMLElement>('*')].filter((element) => element.checkVisibility());
  const own = (element: HTMLElement) =>
    [...element.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ textContent }) => textContent ?? '')
      .join(' ');
  const texts = shown.flatMap((element) => [
    own(element).trim(),
    element.getAttribute('placeholder') ?? '',
    element.getAttribute('aria-label') ?? '',
  ]);
  return [...new Set(texts.filter((text) => /[a-z]{2,} [a-z]{2,}( [a-z]{2,})/i.test(text)))];
}

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
    expect(await editor.page.evaluate(english)).toEqual([]);
    expect(await editor.page.evaluate(cutTexts)).toEqual([]);
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
  expect(await editor.page.evaluate(english)).toEqual([]);
  expect(await editor.page.evaluate(cutTexts)).toEqual([]);
});
