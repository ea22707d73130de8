import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import type { EditorPage } from '../support/editor-page.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });
let editor: EditorPage;
let nvr: Nvr;
beforeAll(async () => {
  const { port } = session().simulator;
  ({ editor } = session());
  nvr = new Nvr({ host: '127.0.0.1', port, username: 'admin', password: 'admin123' });
  const never = { Map: Array.from({ length: 7 }, () => '-'.repeat(48)) };
  const schedule = { Normal: never, Motion: { Map: workdays }, InputAlarm: never, Intellegent: never };
  await nvr.call(operations.setScheduleByGroup, { ...which, ...schedule });
});
afterAll(() => nvr.close());

const which = { ChannelID: 2, GroupID: 'Record' } as const;
/** 9 to 17 from Monday to Friday: what the NVR has before. */
const office = `${'-'.repeat(18)}${'+'.repeat(16)}${'-'.repeat(14)}`;
const workdays = ['-'.repeat(48), office, office, office, office, office, '-'.repeat(48)];

const grid = () => editor.page.locator('.everfocus-row', { has: editor.page.locator('[data-parameter="Motion/Map"]') });
/** A half-hour of a day; 0: Monday. */
const cell = (row: number, column: number) => grid().locator(`[data-row="${row}"][data-column="${column}"]`);

/** Paints from one half-hour to another, in one stroke. */
const paint = (from: readonly [number, number], to: readonly [number, number]) =>
  editor.stroke(cell(...from), cell(...to));

const motion = async () => (await nvr.call(operations.getSchedulesByGroup, which)).Motion?.Map;

// One story, told in order: each step builds on the one before.
describe('"Record on motion at night and at the week-end"', () => {
  let id = '';

  it('is painted on what the NVR has', async () => {
    id = await editor.dragIn('everfocus-settings', 300, 120);
    await editor.open(id);
    await editor.firstNvr('admin123');
    expect(await editor.findOperation('schedule change')).toBe('ScheduleByGroup.change');
    await editor.fillRow('ChannelID', undefined, '2');
    await cell(0, 20).and(editor.page.locator('[aria-selected="true"]')).waitFor();
    expect(await grid().locator('[aria-selected="true"]').count()).toBe(5 * 16);
    const hint = grid().locator('.red-ui-typedInput-input');
    expect(await hint.getAttribute('placeholder')).toMatch(/^unchanged; e.g. -+/);
    await paint([0, 44], [6, 47]);
    await paint([0, 0], [6, 11]);
    await paint([5, 12], [6, 43]);
    await editor.screenshot('settings-schedule');
    await editor.done();
  });

  it('is stored as a patch of the days that change', async () => {
    const night = (day: string) => `${'+'.repeat(12)}${day.slice(12, 44)}++++`;
    const changed = Object.fromEntries(
      ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day, index) => [
        day,
        /^s/.test(day) ? '+'.repeat(48) : night(workdays[index] ?? ''),
      ]),
    );
    expect(await editor.stored(id)).toMatchObject({
      operation: 'ScheduleByGroup.change',
      nvr: (await editor.nvrIds())[0],
      confirm: false,
      params: {
        ChannelID: { type: 'literal', value: '2' },
        GroupID: { type: 'literal', value: 'Record' },
        'Motion/Map': { type: 'literal', value: JSON.stringify(changed) },
      },
    });
    expect(Object.keys((await editor.stored(id))['params'] as object)).toHaveLength(3);
    expect(await editor.problems(id, 'everfocus-settings')).toEqual([]);
  });

  it('is what the NVR then holds, in twelve actions from an empty flow', async () => {
    const before = await nvr.call(operations.getSchedulesByGroup, which);
    await editor.deploy();
    await editor.pressButton(id);
    await until('the schedule', async () => (await motion())?.[0] === '+'.repeat(48));
    const night = `${'+'.repeat(12)}${office.slice(12, 44)}++++`;
    const weekend = '+'.repeat(48);
    expect(await nvr.call(operations.getSchedulesByGroup, which)).toEqual({
      ...before,
      Motion: { Map: [weekend, night, night, night, night, night, weekend] },
    });
    expect(editor.actions.length).toBeLessThanOrEqual(12);
  });
});

describe('The week of half-hours', () => {
  let id = '';
  beforeAll(async () => {
    id = await editor.dragIn('everfocus-settings', 300, 220);
    await editor.open(id);
    await editor.chooseOperation('ScheduleByGroup.change', 'schedule');
    await editor.fillRow('ChannelID', undefined, '2');
    await editor.fillChoice('GroupID', 'Record');
    await cell(0, 20).and(editor.page.locator('[aria-selected="true"]')).waitFor();
  });
  const value = () =>
    grid()
      .locator('input[data-parameter]')
      .evaluate((input) => (input as unknown as { value: string }).value);

  it('fills and clears a day by its name, and has no change where it is as before', async () => {
    const name = grid().locator('.everfocus-day').first();
    await name.click();
    expect(JSON.parse(await value())).toEqual({ monday: '+'.repeat(48) });
    await name.click();
    expect(JSON.parse(await value())).toEqual({ monday: '-'.repeat(48) });
    await grid().getByText('Undo changes').click();
    expect(await value()).toBe('');
  });

  it('is worked by keyboard alone', async () => {
    await cell(0, 0).focus();
    for (const key of ['End', ' ', 'ArrowLeft', 'ArrowDown', 'Shift+ArrowDown']) await editor.page.keyboard.press(key);
    const monday = `${(await motion())?.[1]?.slice(0, 47)}-`;
    expect(JSON.parse(await value())).toEqual({ monday });
    await editor.page.keyboard.press(' ');
    expect(Object.keys(JSON.parse(await value()) as object)).toEqual(['monday', 'wednesday']);
    await grid().getByText('Undo changes').click();
  });

  it('gives way to another source of the row', async () => {
    await editor.fillRow('Motion/Map', 'msg.', 'payload');
    expect(await grid().locator('.everfocus-week').isVisible()).toBe(false);
  });

  it('is there only for what the group has', async () => {
    await editor.fillChoice('GroupID', 'Email');
    expect(await editor.row('Normal/Map').isVisible()).toBe(false);
    expect(await editor.row('Intellegent/Map').isVisible()).toBe(true);
    await editor.done();
    expect((await editor.stored(id))['params']).toEqual({
      ChannelID: { type: 'literal', value: '2' },
      GroupID: { type: 'literal', value: 'Email' },
      'Motion/Map': { type: 'msg', value: 'payload' },
    });
  });

  it('writes no error to the console', () => {
    expect(session().problems).toEqual([]);
  });
});
