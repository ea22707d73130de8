import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';
import { recordedTime } from '../../simulator/recorded.js';

/** What has the frames: a player, a decoder; here it counts them. */
const sink = {
  ...{ id: 'sink', type: 'function', z: 'flow', name: 'player', x: 560, y: 320, outputs: 0, wires: [] },
  func: "if (msg.frame) global.set('frames', (global.get('frames') ?? 0) + 1); else global.set('state', msg.payload);",
};
const session = withEditor([sink], {}, { empty: true });

/** Makes it about noon at the NVR, wherever the test runs: eight in the morning is over then, and was recorded. */
async function noon(): Promise<void> {
  const { port } = session().simulator;
  await using nvr = new Nvr({ host: '127.0.0.1', port, username: 'admin', password: 'admin123' });
  const eight = Math.ceil(recordedTime(1, 4 * 3600).getTime() / 60_000);
  // Minutes east of UTC.
  await nvr.call(operations.setTime, { time_zone: (8 * 60 - (eight % 1440) + 1440) % 1440 });
}

it('an event of yesterday becomes an MP4 in a file within twelve actions, from a flow without an NVR', async () => {
  const { editor, nodeRed } = session();
  const file = join(nodeRed.userDir, 'event.mp4');
  const find = await editor.dragIn('everfocus-recordings', 160, 80);
  const clip = await editor.dragIn('everfocus-recordings', 420, 80);
  await editor.wire(find, clip);
  await editor.open(find);
  await editor.firstNvr('admin123');
  expect(await editor.row('from').locator('.red-ui-typedInput-input').inputValue()).toBe('yesterday');
  await editor.screenshot('recordings-find');
  await editor.done();
  await editor.open(clip);
  expect(await editor.findOperation('clip')).toBe('getClip');
  await editor.fillRow('file', undefined, file);
  await editor.screenshot('recordings-clip');
  await editor.done();
  await editor.deploy();
  expect(await editor.stored(find)).toMatchObject({ params: { from: { type: 'literal', value: 'yesterday' } } });
  expect(await editor.stored(clip)).toMatchObject({ params: { event: { type: 'msg', value: 'payload' } } });

  await editor.pressButton(find);
  expect(editor.actions.length).toBeLessThanOrEqual(12);
  await editor.hadStatus(clip, /\d %|MiB|getClip/);
  await until('the file to be whole', async () => (await readFile(file).catch(() => undefined)) !== undefined);
  const bytes = await readFile(file);
  expect(bytes.toString('latin1', 4, 8)).toBe('ftyp');
  expect(bytes.includes('moov')).toBe(true);
  await editor.screenshot('recordings-canvas');
});

it('a minute of this morning is played as frames within eight actions, from a flow without an NVR', async () => {
  const { editor, nodeRed } = session();
  await noon();
  await nodeRed.deploy([{ id: 'flow', type: 'tab', label: 'Flow' }, sink], {});
  await editor.reload();
  editor.beginCount();
  const id = await editor.dragIn('everfocus-recordings', 240, 320);
  await editor.wire(id, 'sink');
  await editor.open(id);
  await editor.firstNvr('admin123');
  expect(await editor.findOperation('play')).toBe('playRecording');
  expect(await editor.row('from').locator('.red-ui-typedInput-input').inputValue()).toBe('today 08:00');
  await editor.screenshot('recordings-play');
  await editor.done();
  await editor.deploy();
  await editor.pressButton(id);
  expect(editor.actions.length).toBeLessThanOrEqual(8);
  const kept = async (name: string) => {
    const response = await fetch(`${nodeRed.url}/context/global/${name}?store=memory`);
    return ((await response.json()) as { msg?: string }).msg;
  };
  await until('frames', async () => Number(await kept('frames')) > 30);
  expect(JSON.parse((await kept('state')) ?? '')).toMatchObject({ state: 'playing', channel: 1, speed: 1 });
  const status = editor.page.locator(`[id="${id}"] .red-ui-flow-node-status-label`);
  await status.filter({ hasText: /^\d\d:\d\d:\d\d \d+ fps$/ }).waitFor();
  await editor.screenshot('recordings-playing');
});
