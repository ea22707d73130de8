import { expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

/** What takes a message: it writes it to the log. */
const log = {
  ...{ id: 'log', type: 'debug', z: 'flow', name: '', x: 600, y: 240, wires: [] },
  ...{ active: true, tosidebar: false, console: true, tostatus: false, complete: 'true', targetType: 'full' },
};
const session = withEditor([log], {}, { empty: true });

/** Resolves when the inputs were read: what they are at first is no news. */
async function read(): Promise<void> {
  const readings = () => session().simulator.requests.filter(({ path }) => path === '/dio/GetPinStatus').length;
  // The first from now on may still be of what ran before.
  const before = readings();
  await until('the inputs to be read', () => readings() >= before + 2);
}

const input = (pin: number) => `#everfocus-inputs button[data-value="${pin}"]`;

it('an alarm input becomes a message within six actions, from a flow without an NVR', async () => {
  const { editor, simulator } = session();
  const id = await editor.dragIn('everfocus-nvr-event', 300, 120);
  await editor.open(id);
  await editor.firstNvr('admin123');
  await editor.click(input(1));
  await editor.screenshot('alarm-input');
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(6);
  expect(await editor.stored(id)).toMatchObject({ kinds: 'input', alarmInputs: '1' });
  await editor.page.locator(`[id="${id}"]`, { hasText: 'NVR: alarm inputs (DI 1)' }).waitFor();
  await editor.hadStatus(id, /^connected$/);
  await read();
  simulator.setPin(1, 1);
  await editor.hadStatus(id, /^connected \(1\)$/);
});

it('beside an NVR, within six with the wire to what takes it', async () => {
  const { editor, simulator, nodeRed } = session();
  editor.beginCount();
  const id = await editor.dragIn('everfocus-nvr-event', 300, 240);
  await editor.wire(id, 'log');
  await editor.open(id);
  await editor.click(input(2));
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(6);
  await editor.hadStatus(id, /^connected$/);
  await read();
  simulator.setPin(1, 0);
  simulator.setPin(2, 1);
  await until('the message', () => /kind: 'input',\s+pin: 2,\s+active: true/.test(nodeRed.output));
  expect(nodeRed.output).toContain("topic: 'AiO NVR/input'");
  expect(nodeRed.output).not.toContain('pin: 1');
});

it('adds the alarm inputs where kinds were chosen before', async () => {
  const { editor } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-nvr-event', 300, 340);
  await editor.open(id);
  await page.locator(input(3)).waitFor();
  await page.click('#everfocus-kinds button[data-value="exception"]');
  await page.click(input(3));
  await page.click(input(4));
  await editor.screenshot('alarm-inputs');
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({ kinds: 'connection, disk, input', alarmInputs: '3, 4' });
  await editor.open(id);
  await page.fill('#node-input-alarmInputs', 'gate');
  await editor.done();
  expect(await editor.problems(id, 'everfocus-nvr-event')).toEqual(['alarmInputs']);
});

it('a node that is deployed keeps the kinds that it has', async () => {
  const { editor } = session();
  const { page } = editor;
  const [, , id = ''] = await editor.idsOf('everfocus-nvr-event');
  await editor.open(id);
  await page.fill('#node-input-alarmInputs', '');
  await page.fill('#node-input-kinds', 'connection, disk, exception');
  await editor.done();
  await editor.deploy();
  await editor.open(id);
  await editor.click(input(1));
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({ kinds: 'connection, disk, exception, input', alarmInputs: '1' });
  await editor.open(id);
  await page.fill('#node-input-kinds', 'connection');
  await editor.done();
  await editor.open(id);
  await page.fill('#node-input-name', 'Gate');
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({ name: 'Gate', kinds: 'connection', alarmInputs: '1' });
  await editor.open(id);
  await page.fill('#node-input-alarmInputs', 'DI 1');
  await page.press('#node-input-alarmInputs', 'Tab');
  await page.locator(`${input(1)}[aria-pressed=true]`).waitFor();
  await editor.done();
});
