import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { withEditor } from '../support/editor-session.js';
import type { Flow } from '../support/palette.js';

const old = JSON.parse(readFileSync(new URL('../fixtures/flows-0.1.json', import.meta.url), 'utf8')) as Flow;
const names = ['api', 'io', 'snapshot', 'event'];

const session = withEditor(old.filter(({ type }) => type !== 'tab').map((node) => ({ ...node, wires: [[]] })));

describe('the palette', () => {
  const found = (word: string) => session().editor.searchPalette(word);

  it('offers no former type', async () => {
    expect(await found('everfocus')).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^everfocus-(api|io|snapshot|event)$/)]),
    );
  });

  it('has no node with an output for errors', async () => {
    const outputs = await session().editor.page.evaluate(() => {
      interface Registry {
        readonly RED: { readonly nodes: { getType(type: string): { readonly outputs?: number } | undefined } };
      }
      const { nodes } = (globalThis as unknown as Registry).RED;
      const entries = [...document.querySelectorAll('.red-ui-palette-node[data-palette-type^="everfocus-"]')];
      const types = entries.map((entry) => entry.getAttribute('data-palette-type') ?? '');
      return Object.fromEntries(types.map((type) => [type.replace('everfocus-', ''), nodes.getType(type)?.outputs]));
    });
    const sources = { 'camera-event': 1, 'nvr-event': 1 };
    const calls = { output: 1, ptz: 1, recordings: 1, settings: 1, call: 1, picture: 1, live: 1, discover: 1 };
    expect(outputs).toMatchObject({ ...sources, ...calls, talk: 0 });
    expect(Object.values(outputs).filter((count) => count !== 0 && count !== 1)).toEqual([]);
  });

  it.each([
    ['camera', ['camera-event', 'picture', 'live', 'ptz', 'talk']],
    ['motion', ['camera-event', 'recordings', 'settings']],
    ['ptz', ['ptz']],
    ['record', ['recordings', 'settings']],
    ['alarm', ['camera-event', 'nvr-event', 'output', 'settings']],
    ['schedule', ['settings']],
    ['live', ['live']],
    ['relay', ['output']],
    ['doorbell', ['camera-event', 'nvr-event']],
    ['snapshot', ['picture']],
    ['disk', ['nvr-event']],
    ['talk', ['talk']],
    ['reboot', ['call']],
    ['find', ['discover']],
  ])('finds by "%s": %j', async (word, types) => {
    expect(await found(word)).toEqual(expect.arrayContaining(types.map((type) => `everfocus-${type}`)));
  });
});

describe('a flow of release 0.1', () => {
  it.each(names)('is shown as it is stored, and Done changes nothing: %s', async (name) => {
    const before = await session().editor.stored(name);
    expect(await session().editor.problems(name, `everfocus-${name}`)).toEqual([]);
    await session().editor.edit(name);
    await session().editor.done();
    expect(await session().editor.stored(name)).toEqual(before);
    expect(await session().editor.dirty()).toBe(false);
  });

  it('can be changed and deployed', async () => {
    await session().editor.edit('snapshot');
    await session().editor.fillRow('ChannelID', 'number', 'Camera 2');
    await session().editor.done();
    await session().editor.deploy();
    expect(await session().editor.stored('snapshot')).toMatchObject({
      params: { ChannelID: { type: 'literal', value: 'Camera 2' } },
    });
  });
});

describe('a call', () => {
  let id: string;

  it('has the one NVR as soon as it is on the canvas', async () => {
    id = await session().editor.dragIn('everfocus-call', 200, 420);
    expect(await session().editor.stored(id)).toMatchObject({ nvr: 'nvr' });
  });

  it.each([
    ['camera', 'cameraDetail'],
    ['motion', 'setAnalyticsMotionSettings'],
    ['ptz move', 'panLeft'],
    ['record', 'setScheduleByGroup'],
    ['relay', 'pinManualSetting'],
    ['picture', 'takeSnapshot'],
    ['hdd', 'format'],
    ['reboot', 'reboot'],
    ['live', 'getPort'],
  ])('is found by "%s": %s', async (words, operation) => {
    if ((await session().editor.page.locator('#node-dialog-ok').count()) === 0) await session().editor.edit(id);
    await session().editor.page.fill('#everfocus-operation', words);
    const ids = await session()
      .editor.page.locator('.everfocus-option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('data-id')));
    expect(ids).toContain(operation);
    await session().editor.page.keyboard.press('Escape');
  });

  it('is left to messages as to its NVR, and that survives deploy and reload', async () => {
    await session().editor.page.selectOption('#node-input-nvr', 'msg.nvr');
    await session().editor.screenshot('call-by-message');
    await session().editor.done();
    expect(await session().editor.problems(id, 'everfocus-call')).toEqual([]);
    await session().editor.deploy();
    await session().editor.reload();
    await session().editor.edit(id);
    expect(await session().editor.page.inputValue('#node-input-nvr')).toBe('msg.nvr');
    await session().editor.done();
    expect(await session().editor.stored(id)).toMatchObject({ nvr: 'msg.nvr' });
    expect(await session().editor.dirty()).toBe(false);
  });
});
