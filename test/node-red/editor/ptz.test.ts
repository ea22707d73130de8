import { expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const button = {
  id: 'go',
  type: 'inject',
  z: 'flow',
  x: 120,
  y: 80,
  props: [],
  repeat: '',
  crontab: '',
  wires: [['save']],
};
const save = {
  ...{ id: 'save', type: 'everfocus-ptz', z: 'flow', x: 320, y: 80, nvr: 'nvr', operation: 'savePreset', version: 1 },
  params: { camera: { type: 'literal', value: '2' }, name: { type: 'literal', value: 'Gate' } },
  wires: [[]],
};
const session = withEditor([button, save]);

it('a camera goes to a preset by its name within six actions', async () => {
  const { editor, simulator, nodeRed, actions, act } = session();
  const press = () => fetch(`${nodeRed.url}/inject/go`, { method: 'POST' });
  await press();
  await until('the preset', () => simulator.requests.some(({ path }) => path === '/device/ptzControl'));
  const id = await act('drag a camera PTZ in', () => editor.dragIn('everfocus-ptz', 320, 200));
  await act('wire a button to it', () => editor.wire('go', id));
  await act('open it', () => editor.edit(id));
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
  await press();
  await until('the camera to be told', () =>
    simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
  );
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate: camera 2' }).waitFor();
});
