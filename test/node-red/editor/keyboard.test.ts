import { describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

// In German: what is not translated, or does not fit, is seen in the pictures.
const session = withEditor([], {}, { locale: 'de-DE' });
const page = () => session().editor.page;

/** What people work with, as Chromium tells it to screen readers. */
const roles = ['button', 'checkbox', 'combobox', 'DisclosureTriangle', 'link', 'listbox', 'spinbutton', 'textbox'];

/** The accessible names of a form's fields, each with its role. */
async function fields(): Promise<string[]> {
  const client = await page().context().newCDPSession(page());
  const { root } = await client.send('DOM.getDocument');
  const selector = '.red-ui-tray:last-child .everfocus-form';
  const { nodeId } = await client.send('DOM.querySelector', { nodeId: root.nodeId, selector });
  const { nodes } = await client.send('Accessibility.queryAXTree', { nodeId });
  await client.detach();
  return nodes
    .filter(({ ignored, role }) => !ignored && roles.includes(String(role?.value)))
    .map(({ role, name }) => `${String(role?.value)} ${String(name?.value ?? '').trim()}`);
}

/** Goes through the form by Tab. @returns the fields that are not come by */
async function unreached(): Promise<string[]> {
  await page().locator('.red-ui-tray:last-child .everfocus-form input').first().focus();
  await page().evaluate(() => {
    const seen = new Set<EventTarget | null>([document.activeElement]);
    document.addEventListener('focusin', ({ target }) => void seen.add(target));
    Object.assign(globalThis, { seen });
  });
  const form = () => document.querySelector('.red-ui-tray:last-child .everfocus-form');
  await page().evaluate(`form = ${form.toString()}`);
  const isInside = () => page().evaluate('form().contains(document.activeElement)');
  for (let step = 0; step < 120 && (await isInside()); step += 1) await page().keyboard.press('Tab');
  return page().evaluate(() => {
    const { seen, form } = globalThis as unknown as { seen: Set<EventTarget>; form: () => HTMLElement };
    const all = form().querySelectorAll<HTMLElement>(
      'input, select, textarea, button, summary, a[href], a.red-ui-button:not(.disabled), [tabindex="0"]',
    );
    return [...all]
      .filter(
        (field) => (field.tabIndex >= 0 || field.matches('a')) && field.checkVisibility({ visibilityProperty: true }),
      )
      .filter((field) => !seen.has(field) && !field.matches(':disabled'))
      .map((field) => field.outerHTML.slice(0, 160));
  });
}

/** Presses keys, one after the other. */
async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}

/** Goes on by Tab until a field has the focus. @throws where none of the next ones is it */
async function tabTo(field: string): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    if ((await page().locator(`${field}:focus`).count()) > 0) return;
    await press('Tab');
  }
  throw new Error(`not reached: ${field}`);
}

/** Opens the form of the node that was dragged in last. */
async function open(type: string): Promise<string> {
  const id = await session().editor.dragIn(`everfocus-${type}`, 300, 120);
  await session().editor.openByKey();
  return id;
}

/** Done, without a mouse. */
async function close(): Promise<void> {
  await press('Control+Enter');
  await page().locator('#node-dialog-ok').waitFor({ state: 'detached' });
}

describe('a form, by keyboard alone', () => {
  const types = ['camera-event', 'nvr-event', 'picture', 'live', 'recordings', 'ptz', 'output', 'talk', 'call'];

  it.each([...types, 'settings', 'discover'])(
    'is opened, names each of its fields, and is closed: %s',
    async (type) => {
      const { editor } = session();
      await open(type);
      if (type === 'settings') await editor.chooseOperation('VideoEncoderConfiguration.change', 'encoder');
      const names = await fields();
      expect(names.length).toBeGreaterThan(3);
      expect(names.filter((name) => !name.includes(' ') || name.endsWith(' '))).toEqual([]);
      expect(await unreached()).toEqual([]);
      await close();
      await press('Delete');
    },
  );

  it('is filled: chips, a choice, a text', async () => {
    const { editor } = session();
    const id = await open('camera-event');
    await page().locator('#everfocus-cameras button').nth(1).focus();
    await press('Space');
    await page().focus('#node-input-picture');
    await press('End', 'Tab', 'Tab');
    await page().keyboard.type('/tmp/gate');
    await close();
    expect(await editor.stored(id)).toMatchObject({ cameras: '2', picture: 'file', folder: '/tmp/gate' });
    await press('Delete');
  });

  it('is filled, closed and deployed without ever being pointed at', async () => {
    const { editor, simulator } = session();
    const id = await open('camera-event');
    await tabTo('#everfocus-cameras button[data-value="1"]');
    await press('Space', 'Tab', 'Enter');
    expect(await page().inputValue('#node-input-cameras')).toBe('1, 2');
    // Let go again, as by a mouse.
    await press('Shift+Tab', 'Space');
    await tabTo('#everfocus-kinds button[data-value="videoLoss"]');
    await press('Space');
    await tabTo('#node-input-initial');
    await press('Space');
    await close();
    expect(await editor.stored(id)).toMatchObject({ cameras: '2', kinds: 'motion, videoLoss', initial: true });
    await press('Control+d');
    await until('the deploy', async () => !(await editor.dirty()));
    await editor.hadStatus(id, /^verbunden/);
    simulator.motion(2);
    await editor.hadStatus(id, /^verbunden \(\d+\)$/);
    await press('Delete');
  });

  it('is filled: an operation, the source of a row, a value', async () => {
    const { editor } = session();
    const id = await open('output');
    await page().focus('#everfocus-operation');
    await page().keyboard.type('impuls');
    await press('Enter', 'Tab', 'ArrowDown');
    const menu = page().locator('.red-ui-typedInput-options:visible');
    await menu.locator(':focus').waitFor();
    // From the number to `msg.`.
    await press('ArrowDown', 'Enter');
    await menu.waitFor({ state: 'hidden' });
    await editor.row('pin').locator('.red-ui-typedInput-input:focus').waitFor();
    await page().keyboard.type('gate.pin');
    await close();
    expect(await editor.stored(id)).toMatchObject({
      operation: 'pulseOutput',
      params: { pin: { type: 'msg', value: 'gate.pin' } },
    });
    await press('Delete');
  });
});

it('the dialog of an NVR names each of its fields, and is left, by keyboard alone', async () => {
  const { editor } = session();
  await open('output');
  await page().focus('#node-input-btn-nvr-add');
  await press('Enter');
  await editor.nvrOpened();
  await page().locator('#everfocus-nvr-found', { hasText: 'Niemand hat geantwortet' }).waitFor();
  await page().focus('#everfocus-nvr-several > summary');
  await press('Enter');
  const names = await fields();
  expect(names.filter((name) => !name.includes(' ') || name.endsWith(' '))).toEqual([]);
  expect(await unreached()).toEqual([]);
  await editor.screenshot('german-nvr');
  await press('Control+Escape');
  await page().locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
