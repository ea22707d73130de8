import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Simulator } from '../../src/simulator/index.js';
import { launchChromium } from '../support/chromium.js';
import { EditorPage } from './support/editor-page.js';
import { NodeRedProcess } from './support/node-red-process.js';

let simulator: Simulator;
let nodeRed: NodeRedProcess;
let browser: Browser;
let editor: EditorPage;
beforeAll(async () => {
  simulator = await Simulator.start();
  nodeRed = await NodeRedProcess.start();
  browser = await launchChromium();
  editor = await EditorPage.open(browser, nodeRed.url);
}, 180_000);
afterAll(async () => {
  await simulator.stop();
  await nodeRed[Symbol.asyncDispose]();
  await browser.close();
});

const ids = { event: '', snapshot: '', io: '', api: '' };
const names = Object.keys(ids) as (keyof typeof ids)[];

/** What the flow holds of a node, without what Node-RED adds. */
async function stored(name: keyof typeof ids): Promise<Record<string, unknown>> {
  const added = ['id', 'type', 'z', 'x', 'y', 'wires', 'nvr'];
  return Object.fromEntries(Object.entries(await editor.stored(ids[name])).filter(([key]) => !added.includes(key)));
}

// One story, told in order: each step builds on the one before.
describe('in the editor', () => {
  it('the nodes are dragged in from the palette', async () => {
    for (const [index, name] of names.entries())
      ids[name] = await editor.dragIn(`everfocus-${name}`, 150, 120 + 80 * index);
  });

  it('an NVR is added, tested and explains a wrong password', async () => {
    await editor.edit(ids.snapshot);
    await editor.addNvr();
    await editor.page.fill('#node-config-input-host', '127.0.0.1');
    await editor.page.fill('#node-config-input-port', String(simulator.port));
    await editor.page.fill('#node-config-input-username', 'admin');
    await editor.page.fill('#node-config-input-password', 'wrong');
    expect(await editor.testConnection()).toMatch(/^LOGIN_REJECTED: /);
    await editor.page.fill('#node-config-input-password', 'admin123');
    expect(await editor.testConnection()).toMatch(/: 4 cameras$/);
    await editor.screenshot('nvr');
    await editor.closeNvr();
    await editor.done();
  });

  it('a missing parameter marks the node', async () => {
    expect(await editor.problems(ids.snapshot, 'everfocus-snapshot')).toEqual([expect.stringContaining('Channel')]);
  });

  it('rows are filled', async () => {
    await editor.edit(ids.snapshot);
    expect(await editor.parameters()).toEqual(['ChannelID']);
    await editor.fillRow('ChannelID', 'msg.', 'payload.channel');
    await editor.screenshot('snapshot');
    await editor.done();
    expect(await editor.problems(ids.snapshot, 'everfocus-snapshot')).toEqual([]);
  });

  it('an operation is picked', async () => {
    await editor.edit(ids.io);
    await editor.chooseNvr('127.0.0.1');
    await editor.chooseOperation('pinManualSetting');
    expect(await editor.parameters()).toEqual(['pinID', 'pinValue']);
    await editor.fillRow('pinID', undefined, '5');
    await editor.fillRow('pinValue', 'expression', 'payload ? 1 : 0');
    await editor.done();
  });

  it('what can do harm asks for confirmation', async () => {
    await editor.edit(ids.api);
    await editor.chooseNvr('127.0.0.1');
    const confirm = editor.page.locator('#everfocus-confirm');
    await editor.chooseOperation('searchSnapshotPath');
    expect(await editor.parameters()).toEqual(['channels', 'types', 'startTime', 'endTime']);
    expect(await confirm.isVisible()).toBe(false);
    await editor.chooseOperation('deleteSnapshot');
    await confirm.check();
    await editor.fillRow('snapshotPath', 'flow.', 'oldest');
    await editor.screenshot('api');
    await editor.done();
  });

  it('events are filtered', async () => {
    await editor.edit(ids.event);
    await editor.chooseNvr('127.0.0.1');
    await editor.page.fill('#node-input-channels', '1, 3');
    await editor.page.selectOption('#node-input-state', 'active');
    await editor.page.check('#node-input-initial');
    await editor.screenshot('event');
    await editor.done();
  });

  const expected = {
    event: { name: '', channels: '1, 3', types: '', state: 'active', initial: true, version: 1 },
    snapshot: {
      name: '',
      operation: 'takeSnapshot',
      params: { ChannelID: { type: 'msg', value: 'payload.channel' } },
      output: 'payload',
      confirm: false,
      version: 1,
    },
    io: {
      ...{ name: '', operation: 'pinManualSetting', output: 'payload', confirm: false, version: 1 },
      params: { pinID: { type: 'literal', value: '5' }, pinValue: { type: 'jsonata', value: 'payload ? 1 : 0' } },
    },
    api: {
      name: '',
      operation: 'deleteSnapshot',
      params: { snapshotPath: { type: 'flow', value: 'oldest' } },
      output: 'payload',
      confirm: true,
      version: 1,
    },
  };

  it('everything is the same after deploy and reload', async () => {
    await editor.deploy();
    await editor.reload();
    for (const name of names) expect(await stored(name)).toEqual(expected[name]);
    expect(simulator.openSockets).toBe(1);
  });

  it.each(names)('the form of %s shows what is stored, and changes nothing when nothing is changed', async (name) => {
    await editor.edit(ids[name]);
    await editor.done();
    expect(await stored(name)).toEqual(expected[name]);
    expect(await editor.dirty()).toBe(false);
  });

  it('a deployed NVR suggests its channels and pins', async () => {
    await editor.edit(ids.io);
    await editor.row('pinID').locator('.red-ui-typedInput-input').fill('');
    await editor.row('pinID').locator('.red-ui-typedInput-input').click();
    await editor.page.locator('.red-ui-autoComplete-container', { hasText: 'DO 5' }).waitFor();
  });
});
