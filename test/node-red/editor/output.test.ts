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
const session = withEditor([source('on', 80, 'ON', 'str'), source('off', 160, 'false', 'bool')], {}, { empty: true });

it('a switch drives an alarm output in seven actions, from a flow without an NVR', async () => {
  const { editor, simulator, nodeRed, actions, act } = session();
  const id = await act('drag an alarm output in', () => editor.dragIn('everfocus-output', 400, 110));
  await act('wire the switch to it', () => editor.wire('on', id));
  await act('open it', () => editor.edit(id));
  await act('type the password of the NVR that was found', () => editor.firstNvr('admin123'));
  await act('choose the output', () => editor.pickSuggestion('pin', 'DO 5'));
  await editor.screenshot('output');
  await act('Done', () => editor.done());
  await act('Deploy', () => editor.deploy());
  expect(actions).toHaveLength(7);
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

it('says on the canvas what it does', async () => {
  const { editor } = session();
  const [id = ''] = await editor.idsOf('everfocus-output');
  await editor.edit(id);
  await editor.page.fill('#node-input-name', 'Gate');
  await editor.chooseOperation('pulseOutput', 'gate');
  await editor.fillRow('pin', undefined, '5');
  await editor.done();
  await editor.page.locator(`[id="${id}"]`, { hasText: 'Gate pulse (DO 5)' }).waitFor();
  expect(await editor.problems(id, 'everfocus-output')).toEqual([]);
});
