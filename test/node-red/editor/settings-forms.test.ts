import { describe, expect, it } from '@jest/globals';
import { cellsToHex, Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([]);
const page = () => session().editor.page;

/** Drags the node in and has it change such settings. */
async function begin(operation: string, words: string, y: number): Promise<string> {
  const { editor } = session();
  const id = await editor.dragIn('everfocus-settings', 300, y);
  await editor.edit(id);
  await editor.chooseOperation(operation, words);
  return id;
}

async function ask<T>(work: (nvr: Nvr) => Promise<T>): Promise<T> {
  const { port } = session().simulator;
  await using nvr = new Nvr({ host: '127.0.0.1', port, username: 'admin', password: 'admin123' });
  return await work(nvr);
}

describe('the cells of motion detection', () => {
  it('are painted over what the camera shows, and are what the NVR then has', async () => {
    const { editor } = session();
    const told = () => ask((nvr) => nvr.call(operations.getAnalyticsMotionSettings, { ChannelID: 1, mainsub: 0 }));
    const id = await begin('AnalyticsMotionSettings.change', 'motion detection', 80);
    await editor.fillRow('ChannelID', undefined, '1');
    await editor.fillRow('mainsub', undefined, 'main');
    await page().locator('.everfocus-picture:visible').waitFor();
    expect(
      await page()
        .locator('.everfocus-picture')
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(100);
    const cells = page().locator('.everfocus-cells');
    await page().getByRole('button', { name: 'None', exact: true }).click();
    const cell = (row: number, column: number) => cells.locator(`[data-row="${row}"][data-column="${column}"]`);
    await cell(1, 1).scrollIntoViewIfNeeded();
    await cell(1, 1).hover();
    await page().mouse.down();
    await cell(2, 4).hover();
    await page().mouse.up();
    expect(await cells.locator('[aria-selected="true"]').count()).toBe(8);
    // By keyboard: on from where the stroke began.
    for (const key of ['ArrowDown', ' ']) await page().keyboard.press(key);
    const painted = (row: number, column: number) =>
      row >= 1 && row <= 2 && column >= 1 && column <= 4 && !(row === 2 && column === 1);
    const [{ cellLayout } = {}] = await told();
    const { columns = 0, rows = 0 } = cellLayout ?? {};
    const wanted = cellsToHex(
      Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => painted(row, column))),
    );
    await editor.screenshot('motion-cells');
    await editor.done();
    await editor.deploy();
    expect((await told())[0]?.cellSettings).not.toBe(wanted);
    await editor.pressButton(id);
    await until('these cells', async () => (await told())[0]?.cellSettings === wanted);
  });
});

describe('the encoder of a camera', () => {
  it('is set to what the camera offers', async () => {
    const { editor } = session();
    const id = await begin('VideoEncoderConfiguration.change', 'encoder', 180);
    await editor.fillRow('ch', undefined, '1');
    await editor.fillRow('mainsub', undefined, 'main');
    const offer = page().locator('.everfocus-offer');
    await offer.first().waitFor();
    await offer.getByRole('button', { name: '1920 × 1080' }).click();
    expect(await editor.row('Configuration/RateControl/BitrateLimit').innerText()).toMatch(
      /The camera offers: \d+ – \d+/,
    );
    await editor.screenshot('encoder-offers');
    await editor.done();
    expect(await editor.stored(id)).toMatchObject({
      params: {
        'Configuration/Resolution/Width': { type: 'literal', value: '1920' },
        'Configuration/Resolution/Height': { type: 'literal', value: '1080' },
      },
    });
    expect(await editor.problems(id, 'everfocus-settings')).toEqual([]);
    await editor.deploy();
    await editor.pressButton(id);
    const stream = { ch: 1, mainsub: 0 } as const;
    const width = () =>
      ask(async (nvr) => {
        const [told] = await nvr.call(operations.getVideoEncoderConfigurations, { body: [stream] });
        return told?.Configuration.Resolution?.Width;
      });
    await until('the width', async () => String(await width()) === '1920');
  });
});

describe('what an alarm does', () => {
  it('is a form of the rows that go with the kind of alarm', async () => {
    const { editor } = session();
    const id = await begin('AlarmSettings.change', 'alarm settings', 280);
    await editor.fillChoice('alarmType', 'GPIO');
    expect(await editor.row('alarmIn').isVisible()).toBe(true);
    await editor.pickSuggestion('alarmIn', 'DI 1');
    await page().locator('#everfocus-loaded', { hasText: 'loaded' }).waitFor();
    await editor.pickSuggestion('setting/alarmOut/Pin', 'DO 5');
    await editor.fillRow('setting/buzzer', undefined, '5');
    await editor.screenshot('alarm-form');
    await editor.done();
    expect(await editor.stored(id)).toMatchObject({
      params: {
        alarmType: { type: 'literal', value: 'GPIO' },
        'setting/alarmOut/Pin': { type: 'literal', value: '5' },
        'setting/buzzer': { type: 'literal', value: '5' },
      },
    });
    expect(await editor.problems(id, 'everfocus-settings')).toEqual([]);
    await editor.deploy();
    await editor.pressButton(id);
    const told = () => ask((nvr) => nvr.call(operations.getAlarmSettings, { alarmType: 'GPIO' }));
    await until('the buzzer', async () => /"buzzer":5\b/.test(JSON.stringify(await told())));
    expect(JSON.stringify(await told())).toMatch(/"Pin":\[5\]/);
  });
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
