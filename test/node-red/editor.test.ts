import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Simulator } from '../../packages/simulator/src/index.js';
import { samples } from '../samples/index.js';
import { launchChromium } from '../support/chromium.js';
import { until } from '../support/until.js';
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
  editor = await EditorPage.start(browser, nodeRed.url);
}, 180_000);
afterAll(async () => {
  const complaints = [...editor.complaints];
  await simulator.stop();
  await nodeRed[Symbol.asyncDispose]();
  await browser.close();
  expect(complaints).toEqual([]);
});

/** The nodes of this story, by the type after `everfocus-`. */
const types = {
  event: 'camera-event',
  snapshot: 'call',
  io: 'call',
  api: 'call',
  alarm: 'call',
  disk: 'call',
  https: 'call',
};
const names = Object.keys(types) as (keyof typeof types)[];
const ids: Record<string, string> = {};

const idOf = (name: keyof typeof types) => ids[name] ?? '';

/** What the flow holds of a node, without what Node-RED adds. */
async function stored(name: keyof typeof types): Promise<Record<string, unknown>> {
  const added = ['id', 'type', 'z', 'x', 'y', 'wires', 'nvr'];
  return Object.fromEntries(Object.entries(await editor.stored(idOf(name))).filter(([key]) => !added.includes(key)));
}

const exception = { ON: 1, buzzer: 5, alarmOut: { Pin: [5], Time: 5 }, showMessage: 0, sendEmail: false };
const alarm = samples.find(
  ({ operation, params }) => operation === 'setAlarmSettings' && params?.['alarmType'] === 'GPIO',
)?.params?.['settings'];
const key = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----';

// One story, told in order: each step builds on the one before.
describe('in the editor', () => {
  it('the nodes are dragged in from the palette', async () => {
    for (const [index, name] of names.entries())
      ids[name] = await editor.dragIn(`everfocus-${types[name]}`, 150, 60 + 80 * index);
  });

  it('what needs a dashboard is not offered where there is none, and not a word is said of it', async () => {
    expect(await editor.page.locator('[data-palette-type="everfocus-live"]').count()).toBe(1);
    expect(await editor.page.locator('[data-palette-type="ui-everfocus-tile"]').count()).toBe(0);
    expect(nodeRed.output).not.toMatch(/tile|dashboard|\[error\]/i);
  });

  it('an NVR is added, tested and explains a wrong password', async () => {
    await editor.edit(idOf('snapshot'));
    await editor.chooseOperation('takeSnapshot');
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
    expect(await editor.problems(idOf('snapshot'), 'everfocus-call')).toEqual([expect.stringContaining('Channel')]);
  });

  it('rows are filled', async () => {
    await editor.edit(idOf('snapshot'));
    expect(await editor.parameters()).toEqual(['ChannelID']);
    await editor.fillRow('ChannelID', 'msg.', 'payload.channel');
    await editor.screenshot('snapshot');
    await editor.done();
    expect(await editor.problems(idOf('snapshot'), 'everfocus-call')).toEqual([]);
  });

  it('an operation is picked', async () => {
    await editor.edit(idOf('io'));
    await editor.chooseNvr('127.0.0.1');
    await editor.chooseOperation('pinManualSetting');
    expect(await editor.parameters()).toEqual(['pinID', 'pinValue']);
    await editor.fillRow('pinID', undefined, '5');
    await editor.fillRow('pinValue', 'expression', 'payload ? 1 : 0');
    await editor.done();
  });

  it('what can do harm asks for confirmation', async () => {
    await editor.edit(idOf('api'));
    await editor.chooseNvr('127.0.0.1');
    const confirm = editor.page.locator('#everfocus-confirm');
    await editor.chooseOperation('searchSnapshotPath');
    expect(await editor.parameters()).toEqual(['channels', 'types', 'startTime', 'endTime']);
    expect(await confirm.isVisible()).toBe(false);
    await editor.chooseOperation('format');
    await confirm.check();
    await editor.chooseOperation('deleteSnapshot');
    expect(await confirm.isChecked()).toBe(false);
    await confirm.check();
    await editor.fillRow('snapshotPath', 'flow.', 'oldest');
    await editor.screenshot('api');
    await editor.done();
  });

  it('the operations are searched by keyboard', async () => {
    await editor.edit(idOf('alarm'));
    await editor.chooseNvr('127.0.0.1');
    const field = editor.page.locator('#everfocus-operation');
    const options = editor.page.locator('.everfocus-option');
    await field.click();
    await editor.screenshot('picker');
    expect(await options.count()).toBeGreaterThan(110);
    expect((await editor.page.locator('.everfocus-group').allInnerTexts()).at(-1)).toBe('Anything else');
    await field.fill('preset goto');
    await editor.screenshot('picker-search');
    expect(await options.first().getAttribute('data-id')).toBe('gotoPreset');
    await field.press('Escape');
    expect(await field.inputValue()).toBe('Get system info');
    await field.fill('set alarm settings');
    await field.press('ArrowDown');
    await field.press('ArrowUp');
    await field.press('Enter');
    expect(await field.inputValue()).toBe('Set alarm settings');
    expect(await editor.parameters()).toEqual(['alarmType', 'settings']);
  });

  it('a nested list is written, starting from nothing', async () => {
    await editor.fillChoice('alarmType', 'GPIO');
    // What a plain Done of the window would send.
    expect((await editor.fillInWindow('settings', JSON.stringify(alarm, null, 2))).trim()).toBe('');
    await editor.page.click('.everfocus-help summary');
    await editor.page.locator('.everfocus-table td', { hasText: 'camOut' }).waitFor();
    await editor.screenshot('alarm');
    await editor.done();
    expect(await editor.problems(idOf('alarm'), 'everfocus-call')).toEqual([]);
  });

  it('a union is written either way, and what does not fit marks the node', async () => {
    await editor.edit(idOf('disk'));
    await editor.chooseNvr('127.0.0.1');
    await editor.chooseOperation('setExceptionAlarm');
    expect(await editor.parameters()).toEqual(['DiskFull', 'DiskError', 'VideoLoss']);
    await editor.fillRow('DiskFull', undefined, JSON.stringify(exception));
    await editor.fillRow('DiskError', undefined, '[]');
    await editor.done();
    expect(await editor.problems(idOf('disk'), 'everfocus-call')).toEqual([expect.stringContaining('Disk error')]);
    await editor.edit(idOf('disk'));
    await editor.fillRow('DiskError', undefined, JSON.stringify({ ...exception, ON: true }));
    await editor.done();
    expect(await editor.problems(idOf('disk'), 'everfocus-call')).toEqual([]);
  });

  it('text of several lines keeps them', async () => {
    await editor.edit(idOf('https'));
    await editor.chooseNvr('127.0.0.1');
    await editor.chooseOperation('uploadCertificate');
    await editor.fillInWindow('key', key);
    await editor.fillRow('cert', 'env', 'NVR_CERTIFICATE');
    await editor.screenshot('certificate');
    await editor.done();
    expect(await editor.problems(idOf('https'), 'everfocus-call')).toEqual([]);
  });

  it('events are filtered', async () => {
    await editor.edit(idOf('event'));
    await editor.chooseNvr('127.0.0.1');
    expect(await editor.page.inputValue('#node-input-kinds')).toBe('motion');
    await editor.page.click('#everfocus-kinds [data-value=online]');
    await editor.page.fill('#node-input-cameras', '1, 3');
    await editor.page.selectOption('#node-input-state', 'inactive');
    await editor.page.selectOption('#node-input-picture', 'payload');
    await editor.page.fill('#node-input-gap', '30');
    // Of the NVR as its form has it: it is not deployed yet.
    await editor.page.locator('#everfocus-cameras > button', { hasText: '4: Camera 4' }).waitFor();
    await editor.page.check('#node-input-initial');
    await editor.screenshot('event');
    await editor.done();
    expect(await editor.problems(idOf('event'), 'everfocus-camera-event')).toEqual([]);
  });

  const expected = {
    event: {
      ...{ name: '', cameras: '1, 3', kinds: 'motion, online', state: 'inactive', picture: 'payload', gap: '30' },
      ...{ initial: true, connection: false, clip: '', clipAround: '', folder: '', version: 1 },
    },
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
    alarm: {
      ...{ name: '', operation: 'setAlarmSettings', output: 'payload', confirm: false, version: 1 },
      params: {
        alarmType: { type: 'literal', value: 'GPIO' },
        settings: { type: 'literal', value: JSON.stringify(alarm) },
      },
    },
    disk: {
      ...{ name: '', operation: 'setExceptionAlarm', output: 'payload', confirm: false, version: 1 },
      params: {
        DiskFull: { type: 'literal', value: JSON.stringify(exception) },
        DiskError: { type: 'literal', value: JSON.stringify({ ...exception, ON: true }) },
      },
    },
    https: {
      ...{ name: '', operation: 'uploadCertificate', output: 'payload', confirm: false, version: 1 },
      params: { key: { type: 'literal', value: key }, cert: { type: 'env', value: 'NVR_CERTIFICATE' } },
    },
  };

  it('everything is the same after deploy and reload', async () => {
    await editor.deploy();
    await editor.reload();
    for (const name of names) expect(await stored(name)).toEqual(expected[name]);
    // The camera event node attaches pictures of two cameras, out of their live streams.
    await until('sockets for events, for the status of cameras and for two streams', () => simulator.openSockets === 4);
  });

  it.each(names)('the form of %s shows what is stored, and changes nothing when nothing is changed', async (name) => {
    await editor.edit(idOf(name));
    await editor.done();
    expect(await stored(name)).toEqual(expected[name]);
    expect(await editor.dirty()).toBe(false);
  });

  it('cameras of a deployed NVR are ticked', async () => {
    await editor.edit(idOf('event'));
    const cameras = editor.page.locator('#everfocus-cameras > button');
    await cameras.nth(3).waitFor();
    await editor.screenshot('camera-event');
    expect(await cameras.allInnerTexts()).toEqual(['1: Camera 1', '2: Camera 2', '3: Camera 3', '4: Camera 4']);
    await cameras.nth(0).click();
    await cameras.nth(1).click();
    expect(await editor.page.inputValue('#node-input-cameras')).toBe('3, 2');
    expect(await editor.page.locator('#everfocus-cameras [aria-pressed=true]').allInnerTexts()).toEqual([
      ...['2: Camera 2', '3: Camera 3'],
    ]);
    await editor.done();
    expect(await stored('event')).toMatchObject({ cameras: '3, 2' });
  });

  it('types that a deployed NVR has told are offered beside the usual kinds', async () => {
    simulator.throwEvent({ channel: 1, type: 'LineCrossing', state: 'once' });
    const [nvr = ''] = await editor.nvrIds();
    const list = `${nodeRed.url}/everfocus-nvr/${nvr}/camera-event`;
    await until('it to have come', async () => (await (await fetch(list)).text()).includes('LineCrossing'));
    await editor.edit(idOf('event'));
    await editor.page.click('#everfocus-kinds [data-value=LineCrossing]');
    expect(await editor.page.inputValue('#node-input-kinds')).toBe('motion, online, LineCrossing');
    await editor.click('#node-dialog-cancel');
    await editor.page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
  });

  it('a deployed NVR suggests its channels and pins', async () => {
    await editor.edit(idOf('io'));
    await editor.row('pinID').locator('.red-ui-typedInput-input').fill('');
    await editor.row('pinID').locator('.red-ui-typedInput-input').click();
    const suggested = editor.page.locator('.red-ui-autoComplete-container', { hasText: 'DO 5' });
    await suggested.waitFor();
    expect(await suggested.innerText()).toContain('DO 5');
  });
});

/** Two NVRs: one with a certificate of its own, and one that nobody can reach. */
describe('with a certificate that changes', () => {
  const place = { z: 'tab', x: 200, wires: [[]] };
  const nvr = (id: string, name: string, port: number | undefined) => ({
    ...{ id, type: 'everfocus-nvr', name, host: '127.0.0.1', port: String(port), fingerprint: '', version: 1 },
    https: true,
  });
  let secure: Simulator;

  beforeAll(async () => {
    secure = await Simulator.start({ httpsPort: 0 });
    const office = nvr('office', 'Office', secure.httpsPort);
    const account = { username: 'admin', password: 'admin123' };
    const nodes = [
      { id: 'motion', type: 'everfocus-event', ...place, y: 80, nvr: 'office', version: 1 },
      { id: 'pin', type: 'everfocus-call', ...place, y: 160, nvr: 'office', operation: 'pinManualSetting', version: 1 },
    ];
    const flows = [{ id: 'tab', type: 'tab', label: 'Flow' }, office, nvr('attic', 'Attic', 9), ...nodes];
    await nodeRed.deploy(flows, { office: account, attic: account });
    await editor.reload();
    await until('the hook', () => secure.openSockets === 1);
  });
  afterAll(() => secure.stop());

  it('the dialog shows both, and trusting the new one makes the flow work again', async () => {
    const before = secure.fingerprint;
    secure.faults.changedCertificate();
    secure.faults.expireSessions();
    await secure.restart();
    await editor.editNvr('office');
    expect(await editor.testConnection()).toMatch(/^UNTRUSTED_CERTIFICATE: /);
    const shown = await editor.page.locator('.everfocus-certificate').allInnerTexts();
    expect(shown).toEqual([`trusted: ${before}`, `shown now: ${secure.fingerprint}`]);
    await editor.screenshot('certificate-changed');
    await editor.page.click('#everfocus-nvr-trust');
    await editor.page.locator('.everfocus-good').waitFor();
    expect(await editor.testConnection()).toMatch(/: 4 cameras$/);
    await editor.screenshot('certificate-trusted');
    await editor.closeNvr();
    await until('the hook is back', () => secure.openSockets === 1);
    expect(await editor.dirty()).toBe(false);
  });

  it('a pick list says why it is empty, and follows the chosen NVR', async () => {
    await editor.edit('pin');
    const field = editor.row('pinID').locator('.red-ui-typedInput-input');
    const said = editor.row('pinID').locator('[role=status]');
    const suggested = editor.page.locator('.red-ui-autoComplete-container', { hasText: 'DO 5' });
    await editor.chooseNvr('Attic');
    await field.click();
    await said.filter({ hasText: 'NVR_UNREACHABLE' }).waitFor();
    await editor.screenshot('list-empty');
    await editor.chooseNvr('Office');
    await field.click();
    await suggested.waitFor();
    expect(await said.isVisible()).toBe(false);
  });

  it('a pick list that failed is asked for again', async () => {
    await editor.edit('pin');
    const list = '**/everfocus-nvr/office/alarm-out?*';
    await editor.page.route(list, (route) =>
      route.fulfill({ status: 422, json: { code: 'NVR_TIMEOUT', message: '' } }),
    );
    const row = editor.row('pinID');
    await row.locator('.red-ui-typedInput-input').click();
    await row.locator('[role=status]', { hasText: 'NVR_TIMEOUT' }).waitFor();
    await editor.page.unroute(list);
    await row.locator('.red-ui-typedInput-input').click();
    await editor.page.locator('.red-ui-autoComplete-container', { hasText: 'DO 5' }).waitFor();
    expect(await row.locator('[role=status]').isVisible()).toBe(false);
  });
});
