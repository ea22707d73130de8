import { expect, it } from '@jest/globals';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });

const held = (row: string) => session().editor.row(row).locator('.red-ui-typedInput-input').inputValue();

it('a camera goes to a preset by its name within six actions, from an empty flow', async () => {
  const { editor, simulator } = session();
  await using nvr = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
  await nvr.call(operations.setPreset, { ChannelID: 2, preset_name: 'Gate' });
  await nvr.call(operations.setPreset, { ChannelID: 3, preset_name: 'Yard' });
  const id = await editor.dragIn('everfocus-ptz', 320, 200);
  await editor.open(id);
  await editor.firstNvr('admin123');
  // The first preset that there is, and its camera.
  await until('the preset', async () => (await held('preset')) === 'Gate');
  expect(await held('camera')).toBe('2');
  await editor.row('preset').locator('[role=status]', { hasText: 'The first of 2' }).waitFor();
  await editor.screenshot('ptz');
  await editor.done();
  await editor.deploy();
  expect(await editor.stored(id)).toMatchObject({
    params: { camera: { type: 'literal', value: '2' }, preset: { type: 'literal', value: 'Gate' } },
  });
  const before = simulator.requests.length;
  await editor.pressButton(id);
  expect(editor.actions.length).toBeLessThanOrEqual(6);
  await until('the camera to be told', () =>
    simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
  );
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate: camera 2' }).waitFor();
});

it('another preset is typed by its name, or chosen, and brings its camera', async () => {
  const { editor, simulator } = session();
  editor.beginCount();
  const id = await editor.dragIn('everfocus-ptz', 320, 300);
  await editor.open(id);
  await until('the first preset', async () => (await held('preset')) === 'Gate');
  await editor.fillRow('preset', undefined, 'Yard');
  await until('its camera', async () => (await held('camera')) === '3');
  await editor.done();
  await editor.deploy();
  expect(await editor.stored(id)).toMatchObject({ params: { camera: { value: '3' }, preset: { value: 'Yard' } } });
  const before = simulator.requests.length;
  await editor.pressButton(id);
  expect(editor.actions.length).toBeLessThanOrEqual(6);
  await until('the camera to be told', () =>
    simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
  );
});

it('the first preset is none of a camera that somebody chooses, and gives way', async () => {
  const { editor } = session();
  const id = await editor.dragIn('everfocus-ptz', 320, 400);
  await editor.open(id);
  await until('the first preset', async () => (await held('preset')) === 'Gate');
  await editor.pickSuggestion('preset', 'Yard (Camera 3)');
  await until('its camera', async () => (await held('camera')) === '3');
  await editor.pickSuggestion('preset', 'Gate (Camera 2)');
  await until('its camera', async () => (await held('camera')) === '2');
  await editor.fillRow('camera', undefined, '4');
  await until('no preset', async () => (await held('preset')) === '');
  await editor.click('#node-dialog-cancel');
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
