import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });
let other: Simulator;
beforeAll(async () => {
  other = await Simulator.start();
});
afterAll(() => other.stop());

/** Fifty recorders, of which the first and the last are there. */
function list(): string {
  const ports = new Map([
    [1, session().simulator.port],
    [50, other.port],
  ]);
  const rows = Array.from({ length: 50 }, (_, index) => {
    const number = index + 1;
    return { name: `Site ${number}`, host: '127.0.0.1', port: ports.get(number) ?? number };
  });
  return [
    'name;host;port;user;password',
    ...rows.map(({ name, host, port }) => `${name};${host};${port};admin;admin123`),
  ].join('\n');
}

it('one flow serves fifty NVRs within fifteen actions, from an empty one', async () => {
  const { editor, nodeRed } = session();
  const { page } = editor;
  const event = await editor.dragIn('everfocus-camera-event', 200, 120);
  await editor.open(event);
  await editor.addNvr();
  await editor.click('#everfocus-nvr-several > summary');
  await editor.type('#everfocus-nvr-list', list());
  await editor.screenshot('fifty-nvrs');
  await editor.click('#everfocus-nvr-import');
  await page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
  await editor.chooseNvr('all NVRs');
  await editor.done();
  const picture = await editor.dragIn('everfocus-picture', 460, 120);
  await editor.wire(event, picture);
  await editor.open(picture);
  await editor.chooseNvr('from msg.nvr');
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(15);
  expect(await editor.nvrIds()).toHaveLength(50);
  expect(await editor.stored(picture)).toMatchObject({
    nvr: 'msg.nvr',
    params: { camera: { type: 'msg', value: 'everfocus.channel' } },
  });

  const status = page.locator(`[id="${event}"] .red-ui-flow-node-status-label`);
  await status.filter({ hasText: /2.*50/ }).waitFor();
  other.motion(2);
  await editor.hadStatus(picture, /currentPicture/);
  await until('the live stream of the one NVR', () => other.requests.some(({ path }) => /live/i.test(path)));

  const flows = await readFile(join(nodeRed.userDir, 'flows.json'), 'utf8');
  expect(flows).toContain('Site 50');
  expect(flows).not.toContain('admin123');
  await editor.screenshot('fifty-nvrs-canvas');
});

it('a list that is wrong is told line by line, and nothing of it is taken', async () => {
  const { editor } = session();
  const { page } = editor;
  const id = await editor.dragIn('everfocus-nvr-event', 200, 240);
  await editor.open(id);
  await editor.addNvr();
  await page.click('#everfocus-nvr-several > summary');
  await page.fill('#everfocus-nvr-list', 'host,port\n10.0.0.1,80\n,80\nhttp://x/,80');
  await page.click('#everfocus-nvr-import');
  const lines = page.locator('.everfocus-problems > div');
  expect(await lines.allInnerTexts()).toEqual([
    'Line 3: no host.',
    'Line 4: the host must be a name or an address, without http:// and path.',
  ]);
  await editor.screenshot('fifty-nvrs-wrong');
  await page.click('#node-config-dialog-cancel');
  await page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
  await editor.done();
  expect(await editor.nvrIds()).toHaveLength(50);
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
