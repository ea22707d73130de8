import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { launchChromium } from '../../support/chromium.js';
import { EditorPage } from '../support/editor-page.js';
import { cutTexts, faintTexts } from '../support/form-texts.js';
import { NodeRedProcess } from '../support/node-red-process.js';

let simulator: Simulator;
let nodeRed: NodeRedProcess;
let browser: Browser;
let editor: EditorPage;

const place = { z: 'tab', x: 250, wires: [[]] };
const call = { type: 'everfocus-api', ...place, nvr: 'office', output: 'payload', confirm: false, version: 1 };

beforeAll(async () => {
  simulator = await Simulator.start();
  nodeRed = await NodeRedProcess.start({}, 'node-red', ['@flowfuse/node-red-dashboard']);
  const office = { id: 'office', type: 'everfocus-nvr', name: 'Büro', host: '127.0.0.1', version: 1 };
  const flows = [
    { id: 'tab', type: 'tab', label: 'Flow' },
    { ...office, port: String(simulator.port), https: false },
    { id: 'gate', ...call, y: 80, operation: 'pinManualSetting', params: {} },
    { id: 'format', ...call, y: 160, operation: 'getSystemInfo', params: {} },
    { id: 'motion', type: 'everfocus-camera-event', ...place, y: 240, nvr: 'office', kinds: 'videoLoss', version: 1 },
  ];
  await nodeRed.deploy(flows, { office: { username: 'admin', password: 'admin123' } });
  browser = await launchChromium();
  editor = await EditorPage.start(browser, nodeRed.url, 'de-DE');
}, 180_000);
afterAll(async () => {
  const complaints = [...editor.complaints];
  await simulator.stop();
  await nodeRed[Symbol.asyncDispose]();
  await browser.close();
  expect(complaints).toEqual([]);
});

/** What a node says on the canvas. */
const label = (editor: EditorPage, id: string) => editor.page.locator(`#${id} .red-ui-flow-node-label`);
async function says(editor: EditorPage, id: string, text: string): Promise<void> {
  const asWanted = label(editor, id).filter({ hasText: new RegExp(`^${text}$`) });
  await asWanted.waitFor();
  expect(await asWanted.count()).toBe(1);
}
const found = () => editor.page.locator('.everfocus-option').allInnerTexts();

describe('the editor in German', () => {
  it('labels the palette, and finds a node by its German and by its English name', async () => {
    const entry = editor.page.locator('.red-ui-palette-node[data-palette-type="everfocus-camera-event"]');
    expect(await entry.innerText()).toMatch(/^\s*Ereignis an\s+Kamera\s*$/);
    for (const words of ['ereignis an kamera', 'camera event'])
      expect(await editor.searchPalette(words)).toContain('everfocus-camera-event');
  });

  it('says on the canvas what a node does', async () => {
    await says(editor, 'gate', 'Alarmausgang schalten');
    await says(editor, 'motion', 'Videoverlust');
  });

  it('says so also where the flow is there before the forms are', async () => {
    const forms = '**/everfocus-nvr/forms';
    const late = Promise.withResolvers<undefined>();
    await editor.page.route(forms, async (route) => {
      await late.promise;
      await route.continue();
    });
    await editor.reload();
    await says(editor, 'gate', 'pinManualSetting');
    late.resolve(undefined);
    await says(editor, 'gate', 'Alarmausgang schalten');
    expect(await editor.problems('gate', 'everfocus-api')).toEqual(['fehlt oder falsch: Pin, Wert']);
    await editor.page.unroute(forms);
  });

  it('shows the form of an operation, its pick list, and what is missing', async () => {
    await editor.edit('gate');
    await editor.page.locator('.everfocus-about').waitFor();
    expect(await editor.page.innerText('.everfocus-about')).toMatch(/^Schaltet einen der Alarmausgänge \(DO\)/);
    const pin = editor.row('pinID');
    expect(await pin.locator('label').innerText()).toBe('Pin *');
    expect(await pin.locator('.everfocus-note').first().innerText()).toMatch(/^Nummer des Pins\./);
    await pin.locator('.red-ui-typedInput-input').click();
    const suggested = editor.page.locator('.red-ui-autoComplete-container', { hasText: 'DO 5' });
    await suggested.waitFor();
    await editor.screenshot('german-pick-list');
    await editor.page.keyboard.press('Escape');
    expect(await editor.problems('gate', 'everfocus-api')).toEqual(['fehlt oder falsch: Pin, Wert']);
  });

  it('explains parameters and reply', async () => {
    await editor.chooseOperation('setAlarmSettings', 'alarmeinstellungen schreiben');
    await editor.page.locator('summary', { hasText: 'Parameter und Antwort' }).click();
    const cell = editor.page.locator('.everfocus-table td', { hasText: 'Schließer (im Ruhezustand offen)' });
    await cell.first().waitFor();
    const seconds = editor.page.locator('.everfocus-table td', { hasText: 'Länge der Aufnahme vor dem Alarm.' });
    expect(await seconds.first().innerText()).toMatch(/ s$/);
    await editor.screenshot('german-form');
    await editor.done();
  });

  it('searches the operations by German and by English words', async () => {
    await editor.edit('format');
    for (const words of ['festplatte lösch', 'format a disk', 'format']) {
      await editor.page.fill('#everfocus-operation', words);
      expect(await found()).toEqual(
        expect.arrayContaining([expect.stringMatching(/^Festplatte formatieren\s*format$/)]),
      );
    }
    await editor.page.fill('#everfocus-operation', 'schnappschuss');
    await editor.screenshot('german-picker');
    expect(await faintTexts(editor)).toEqual([]);
    await editor.page.press('#everfocus-operation', 'Escape');
    await editor.done();
  });

  const forms = ['camera-event', 'nvr-event', 'picture', 'live', 'recordings', 'ptz', 'output', 'talk', 'settings'];
  it.each([...forms.map((type) => `everfocus-${type}`), 'everfocus-discover', 'ui-everfocus-tile'])(
    'has room and colour for all that the form of %s says',
    async (type) => {
      const id = await editor.dragIn(type, 300, 320);
      await editor.edit(id);
      if (type === 'everfocus-settings') await editor.chooseOperation('AlarmSettings.change', 'alarmsettings');
      expect(await cutTexts(editor)).toEqual([]);
      expect(await faintTexts(editor)).toEqual([]);
      await editor.page.click('#node-dialog-cancel');
      await editor.page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
      await editor.page.keyboard.press('Delete');
    },
  );

  it('shows on the canvas in which state a node is, with the count of its messages', async () => {
    const status = editor.page.locator('#motion .red-ui-flow-node-status-label');
    await status.filter({ hasText: /^verbunden$/ }).waitFor();
    simulator.throwEvent({ channel: 2, type: 'VideoLoss', state: 'active' });
    await status.filter({ hasText: /^verbunden \(1\)$/ }).waitFor();
    expect(await status.count()).toBe(1);
  });

  it('names the days of a week', async () => {
    const id = await editor.dragIn('everfocus-settings', 300, 320);
    await editor.edit(id);
    await editor.findOperation('zeitplan ändern');
    const days = editor.page.locator('.everfocus-row', { has: editor.page.locator('[data-parameter="Motion/Map"]') });
    expect(await days.locator('.everfocus-day').allInnerTexts()).toEqual(['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So']);
    expect(await faintTexts(editor)).toEqual([]);
    await editor.page.click('#node-dialog-cancel');
    await editor.page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
    await editor.page.keyboard.press('Delete');
  });

  it('has German help', async () => {
    await editor.page.locator('#gate').click();
    await editor.page.evaluate(() => {
      const { RED } = globalThis as unknown as { RED: { sidebar: { help: { show(type: string): void } } } };
      RED.sidebar.help.show('everfocus-camera-event');
    });
    const help = editor.page.locator('.red-ui-help');
    await help.getByText('Ein Ereignis ohne Dauer gilt fünf Sekunden lang als aktiv.').waitFor();
    expect(await help.locator('h3').allInnerTexts()).toEqual(expect.arrayContaining(['Ausgänge', 'Welche Ereignisse']));
    await editor.screenshot('german-help');
  });
});

describe('the editor in another language', () => {
  it.each([
    ['zh-TW', '設定警報輸出', '影像遺失'],
    ['fr', 'Set an alarm output', 'video loss'],
  ])('%s: it is Chinese of Taiwan, or English where nobody has translated it', async (language, output, loss) => {
    const other = await EditorPage.start(browser, nodeRed.url, language);
    await says(other, 'gate', output);
    await says(other, 'motion', loss);
    await other.edit('gate');
    await other.page.locator('.everfocus-about').waitFor();
    await other.screenshot(`language-${language}`);
  });
});
