import { expect, it } from '@jest/globals';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });

it('a camera goes to a preset by its name within six actions, from an empty flow', async () => {
  const { editor, simulator, actions, act } = session();
  await using nvr = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
  await nvr.call(operations.setPreset, { ChannelID: 2, preset_name: 'Gate' });
  const id = await act('drag a camera PTZ in', () => editor.dragIn('everfocus-ptz', 320, 200));
  await act('open it', () => editor.edit(id));
  await act('type the password of the NVR that was found', () => editor.firstNvr('admin123'));
  await act('choose the preset, which brings its camera', () => editor.pickSuggestion('preset', 'Gate (Camera 2)'));
  expect(await editor.row('camera').locator('.red-ui-typedInput-input').inputValue()).toBe('2');
  await editor.screenshot('ptz');
  await act('Done', () => editor.done());
  await act('Deploy', () => editor.deploy());
  expect(actions.length).toBeLessThanOrEqual(6);
  expect(await editor.stored(id)).toMatchObject({
    params: { camera: { type: 'literal', value: '2' }, preset: { type: 'literal', value: 'Gate' } },
  });
  const before = simulator.requests.length;
  await editor.pressButton(id);
  await until('the camera to be told', () =>
    simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
  );
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate: camera 2' }).waitFor();
});
