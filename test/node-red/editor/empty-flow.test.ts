import { describe, expect, it } from '@jest/globals';
import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });

describe('from an empty flow', () => {
  it('a search that a form began fills in the form that is open when it ends', async () => {
    const { editor } = session();
    const { page } = editor;
    const search = '**/everfocus-nvr/discover';
    const held = Promise.withResolvers<undefined>();
    await page.route(search, async (route) => {
      await held.promise;
      await route.continue();
    });
    const id = await editor.dragIn('everfocus-output', 300, 120);
    await editor.open(id);
    // Closes the one that is open.
    await editor.open(id);
    held.resolve(undefined);
    await page.locator('#everfocus-first', { hasText: 'Found and filled in' }).waitFor();
    await page.unroute(search);
    await page.click('#node-dialog-cancel');
    await page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
    await page.keyboard.press('Delete');
    expect(await editor.idsOf('everfocus-output')).toEqual([]);
  });

  it('motion at the gate becomes a picture in a file in eight actions', async () => {
    const { editor, simulator } = session();
    const { page } = editor;
    editor.beginCount();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'gate-'));
    const id = await editor.dragIn('everfocus-camera-event', 300, 120);
    await editor.open(id);
    // The NVR is the only one that answers, and the account is the one that every NVR has.
    await editor.firstNvr('admin123');
    expect(await page.inputValue('#everfocus-first-host')).toMatch(new RegExp(`:${simulator.port}$`));
    // It will be added: nothing is amiss with the row.
    await page.locator('#node-input-nvr:not(.input-error)').waitFor();
    // The cameras are those of the NVR that is not deployed yet.
    await editor.click('#everfocus-cameras button[data-value="2"]');
    await editor.choose('#node-input-picture', 'file');
    await editor.type('#node-input-folder', folder.path);
    await editor.screenshot('first-nvr');
    await editor.done();
    await editor.deploy();
    expect(editor.actions).toHaveLength(8);
    const nvrs = await editor.nvrIds();
    expect(nvrs).toHaveLength(1);
    expect(await editor.stored(nvrs[0] ?? '')).toMatchObject({ name: 'AiO NVR' });
    await editor.hadStatus(id, /connected/);
    simulator.motion(2);
    await until('its picture', async () => (await readdir(folder.path)).some((name) => name.endsWith('.jpg')));
  });
});

describe('the dialog of an NVR', () => {
  it('searches again on demand, and says why nobody was found', async () => {
    const { editor, simulator } = session();
    const { page } = editor;
    const [id = ''] = await editor.nvrIds();
    await editor.editNvr(id);
    expect(await page.locator('#everfocus-nvr-several').count()).toBe(0);
    await page.fill('#node-config-input-host', '');
    await page.click('#everfocus-nvr-find');
    const found = page.locator('#everfocus-nvr-found button');
    await found.waitFor();
    await editor.screenshot('nvr-find');
    await found.click();
    expect(await page.inputValue('#node-config-input-host')).not.toBe('');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('node-config-input-password');
    await simulator.stop();
    await page.click('#everfocus-nvr-find');
    await page.locator('#everfocus-nvr-found', { hasText: 'Nobody answered' }).waitFor();
    await page.click('#node-config-dialog-cancel');
  });

  it('writes no error to the console', () => {
    expect(session().problems).toEqual([]);
  });
});
