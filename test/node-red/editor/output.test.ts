import { expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

/** What comes from a dashboard or a broker: here it is pressed. */
const source = (id: string, y: number, payload: string, payloadType: string) => ({
  ...{
    id,
    type: 'inject',
    z: 'flow',
    x: 120,
    y,
    props: [{ p: 'payload' }],
    repeat: '',
    crontab: '',
    payload,
    payloadType,
    wires: [[]],
  },
});
const words = [source('toggle', 240, 'toggle', 'str'), source('pulse', 320, 'pulse', 'str')];
const any = [source('ring', 400, '', 'date'), source('turn', 480, '', 'date')];
const session = withEditor(
  [source('on', 80, 'ON', 'str'), source('off', 160, 'false', 'bool'), ...words, ...any],
  {},
  { empty: true },
);

const pin = () => session().editor.row('pin').locator('.red-ui-typedInput-input');
/** Resolves when the row of the output holds that. */
const begun = (text: string) => until(`output ${text}`, async () => (await pin().inputValue()) === text);

it('a switch drives an alarm output within six actions, from a flow without an NVR', async () => {
  const { editor, simulator, nodeRed } = session();
  const id = await editor.dragIn('everfocus-output', 400, 110);
  await editor.wire('on', id);
  await editor.open(id);
  await editor.firstNvr('admin123');
  await begun('5');
  await editor.page.locator('.everfocus-note', { hasText: 'The first of 4' }).waitFor();
  await editor.screenshot('output');
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(6);
  await fetch(`${nodeRed.url}/inject/on`, { method: 'POST' });
  await until('the output to be on', () => simulator.pin(5) === 1);
  await editor.page.locator(`[id="${id}"]`, { hasText: 'alarm output (DO 5)' }).waitFor();
  await editor.page.locator(`[id="${id}"] .red-ui-flow-node-status-label`, { hasText: 'on' }).waitFor();
  await editor.screenshot('output-canvas');
});

it('the same node takes what another sends', async () => {
  const { editor, simulator, nodeRed } = session();
  const [output] = await editor.idsOf('everfocus-output');
  await editor.wire('off', output ?? '');
  await editor.deploy();
  await fetch(`${nodeRed.url}/inject/off`, { method: 'POST' });
  await until('the output to be off', () => simulator.pin(5) === 0);
});

it('the same node toggles and pulses, where a message says so', async () => {
  const { editor, simulator, nodeRed } = session();
  const [output = ''] = await editor.idsOf('everfocus-output');
  for (const id of ['toggle', 'pulse']) await editor.wire(id, output);
  await editor.deploy();
  const send = (id: string) => fetch(`${nodeRed.url}/inject/${id}`, { method: 'POST' });
  await send('toggle');
  await until('the output to be on', () => simulator.pin(5) === 1);
  await send('toggle');
  await until('the output to be off', () => simulator.pin(5) === 0);
  await send('pulse');
  await until('the output to be on', () => simulator.pin(5) === 1);
  await until('the pulse to end', () => simulator.pin(5) === 0);
});

it.each([
  ['ring', 'pulse', 'pulseOutput', [1, 0], 400],
  ['turn', 'toggle', 'toggleOutput', [1], 480],
] as const)(
  'whatever "%s" sends is a %s within six actions, beside an NVR',
  async (from, words, operation, values, y) => {
    const { editor, simulator, nodeRed } = session();
    editor.beginCount();
    const id = await editor.dragIn('everfocus-output', 400, y);
    await editor.wire(from, id);
    await editor.open(id);
    expect(await editor.findOperation(words)).toBe(operation);
    await begun('5');
    await editor.done();
    await editor.deploy();
    expect(editor.actions.length).toBeLessThanOrEqual(6);
    await fetch(`${nodeRed.url}/inject/${from}`, { method: 'POST' });
    for (const value of values) await until(`the output to be ${value}`, () => simulator.pin(5) === value);
  },
);

it('leaves the output empty where somebody did, and takes another where that is chosen', async () => {
  const { editor } = session();
  const [output = ''] = await editor.idsOf('everfocus-output');
  await editor.open(output);
  await editor.fillRow('pin', undefined, '');
  await editor.done();
  expect(Object.keys((await editor.stored(output))['params'] as object)).toEqual(['value']);
  await editor.open(output);
  await editor.pickSuggestion('pin', 'DO 6');
  await begun('6');
  await editor.done();
  expect(await editor.stored(output)).toMatchObject({ params: { pin: { value: '6' } } });
});

it('fills nothing into a row that somebody is in', async () => {
  const { editor } = session();
  const { page } = editor;
  const [id = ''] = await editor.idsOf('everfocus-output');
  await editor.open(id);
  const asked = Promise.withResolvers<undefined>();
  const lists = /\/everfocus-nvr\/[^/]+\/alarm-out/;
  await page.route(lists, async (route) => {
    await asked.promise;
    await route.continue();
  });
  await editor.chooseOperation('toggleOutput', 'toggle');
  const answered = page.waitForResponse(lists);
  await pin().focus();
  asked.resolve(undefined);
  await (await answered).finished();
  await page.unrouteAll({ behavior: 'wait' });
  await page.keyboard.type('6');
  expect(await pin().inputValue()).toBe('6');
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({ params: { pin: { value: '6' } } });
});

it('says on the canvas what it does', async () => {
  const { editor } = session();
  const [id = ''] = await editor.idsOf('everfocus-output');
  await editor.open(id);
  await editor.page.fill('#node-input-name', 'Gate');
  await editor.chooseOperation('pulseOutput', 'gate');
  await editor.fillRow('pin', undefined, '5');
  await editor.done();
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate pulse (DO 5)' }).waitFor();
  expect(await editor.problems(id, 'everfocus-output')).toEqual([]);
});
