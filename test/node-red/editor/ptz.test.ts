import { expect, it } from '@jest/globals';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });

const held = (row: string) => session().editor.row(row).locator('.red-ui-typedInput-input').inputValue();

it('a camera goes to a preset by its name within six actions, from an empty flow', async () => {
  const { editor, simulator, actions, act } = session();
  await using nvr = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
  await nvr.call(operations.setPreset, { ChannelID: 2, preset_name: 'Gate' });
  const id = await act('drag a camera PTZ in', () => editor.dragIn('everfocus-ptz', 320, 200));
  await act('open it', () => editor.edit(id));
  await act('type the password of the NVR that was found', () => editor.firstNvr('admin123'));
  // The only preset that there is, and its camera.
  await until('the preset', async () => (await held('preset')) === 'Gate');
  expect(await held('camera')).toBe('2');
  await editor.screenshot('ptz');
  await act('Done', () => editor.done());
  await act('Deploy', () => editor.deploy());
  expect(await editor.stored(id)).toMatchObject({
    params: { camera: { type: 'literal', value: '2' }, preset: { type: 'literal', value: 'Gate' } },
  });
  const before = simulator.requests.length;
  await act('press the button of the node', () => editor.pressButton(id));
  expect(actions.length).toBeLessThanOrEqual(6);
  await until('the camera to be told', () =>
    simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
  );
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate: camera 2' }).waitFor();
});

it('of several presets one is chosen, which brings its camera', async () => {
  const { editor, simulator } = session();
  await using nvr = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
  await nvr.call(operations.setPreset, { ChannelID: 3, preset_name: 'Yard' });
  const id = await editor.dragIn('everfocus-ptz', 320, 300);
  await editor.edit(id);
  await editor.pickSuggestion('preset', 'Yard (Camera 3)');
  await until('its camera', async () => (await held('camera')) === '3');
  await editor.done();
  expect(await editor.stored(id)).toMatchObject({ params: { camera: { value: '3' }, preset: { value: 'Yard' } } });
});
