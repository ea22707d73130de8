import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { readConfiguration } from '../../src/homebridge/config.js';
import { launchChromium } from '../support/chromium.js';
import { HomebridgeUi } from '../support/homebridge-ui.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

let ui: HomebridgeUi;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  ui = await HomebridgeUi.start(await packedPackage());
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1200, height: 1400 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(30_000);
  await page.clock.install();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await ui?.close();
});

// Opened anew for each test: what was saved is read back, as after a night.
beforeEach(async () => {
  await ui.openPlugin(page);
  await page.getByText('Plugin Config').click();
  // The plugin's own page comes first.
  await page.frameLocator('iframe.plugin-iframe').getByText('All settings as a form').click();
  await field('host').waitFor();
  await reported();
});

const house = { name: 'House', host: '192.168.1.20', username: 'admin', password: 'pass"wörd', https: false };
const garage = { name: 'Garage', host: 'https://nvr.lan:8443/', username: 'viewer', password: 'secret', https: false };

describe("the form in Homebridge's settings page", () => {
  it('takes two NVRs and writes what was typed, and nothing else', async () => {
    await fill(house);
    await page.getByText('Add New NVR').first().click();
    await until('the second tab is empty', async () => (await field('host').inputValue()) === '');
    await reported();
    await fill(garage);
    expect(await save()).toEqual({ platform: 'EverFocusNVR', name: 'EverFocus NVR', nvrs: [house, garage].map(shown) });
    expect(readConfiguration(await ui.section())).toMatchObject({
      nvrs: [
        { host: '192.168.1.20', port: 80 },
        { host: 'nvr.lan', port: 8443, https: true },
      ],
      problems: [],
      advice: [],
    });
  });

  it('shows them again, each on its tab under its name, and leaves them as they are', async () => {
    expect(await field('host').inputValue()).toBe(house.host);
    expect(await field('password').inputValue()).toBe(house.password);
    await openTab('Garage');
    expect(await field('host').inputValue()).toBe(garage.host);
    expect(await save()).toEqual({ platform: 'EverFocusNVR', name: 'EverFocus NVR', nvrs: [house, garage].map(shown) });
  });

  it('lets port and pins be typed, and shows the fingerprint where it matters', async () => {
    await openSection('Connection');
    expect(await field('fingerprint').count()).toBe(0);
    expect(await field('port').getAttribute('type')).toBe('number');
    await field('port').fill('8080');
    await openSection('Alarm outputs');
    expect(await field('pin').first().getAttribute('type')).toBe('number');
    await field('pin').first().fill('5');
    await field('name').nth(1).fill('Gate');
    await field('pulse').fill('1.5');
    await openSection('Alarm inputs');
    await field('pin').nth(1).fill('2');
    await page.locator('.modal-content select[name=contact]:visible').first().selectOption('closed');
    await openSection('Cameras');
    expect(await field('channel').getAttribute('type')).toBe('number');
    await field('channel').fill('4');
    await page.locator('.modal-content select[name=sound]:visible').selectOption('off');
    await page.locator('.modal-content select[name=hidden]:visible').selectOption('yes');
    await field('doorbell').fill('input 3');
    await field('hold').fill('20');
    await openTab('Garage');
    await openSection('Connection');
    const fingerprint = Array(32).fill('AB').join(':');
    await field('fingerprint').fill(fingerprint);
    const edited = [
      {
        ...shown(house),
        port: 8080,
        outputs: [{ pin: 5, name: 'Gate', pulse: 1.5 }],
        inputs: [{ pin: 2, contact: 'closed' }],
        cameras: [{ channel: 4, hidden: 'yes', sound: 'off', doorbell: 'input 3', hold: 20 }],
      },
      { ...shown(garage), fingerprint },
    ];
    expect(await save()).toEqual({ platform: 'EverFocusNVR', name: 'EverFocus NVR', nvrs: edited });
    expect(readConfiguration(await ui.section())).toMatchObject({
      nvrs: [{}, { fingerprint }],
      problems: [],
      advice: [],
    });
  });

  it('takes an NVR out again, and only that one', async () => {
    await openTab('House');
    await page.locator('.modal-content .btn-close.float-end:visible').first().click();
    const section = await save();
    expect(section).toMatchObject({ nvrs: [{ name: 'Garage', host: garage.host }] });
    expect(section?.['nvrs']).toHaveLength(1);
  });
});

/** What the form writes of it: each box as its default is. */
function shown<N extends object>(nvr: N) {
  return { ...nvr, recording: true, instant: true, faults: false, past: false };
}

/** The field of the tab that is shown. */
function field(name: string): Locator {
  const fields = page.locator(`.modal-content input[name=${name}]:visible`);
  return ['name', 'pin'].includes(name) ? fields : fields.first();
}

async function fill({ name, host, username, password }: typeof house): Promise<void> {
  const typed: readonly (readonly [string, string])[] = Object.entries({ name, host, username, password });
  for (const [label, text] of typed) {
    await field(label).first().fill(text);
    await reported();
  }
  // The form is made anew when an entry is added: what was typed into the old one would be gone.
  for (const [label, text] of typed) expect(await field(label).first().inputValue()).toBe(text);
}

async function openTab(name: string): Promise<void> {
  await page.locator('.modal-content .nav-link', { hasText: name }).click();
  await until(`the tab of ${name}`, async () => (await field('name').first().inputValue()) === name);
}

/** Sections are folded at first; the eye sees the legend. */
async function openSection(title: string): Promise<void> {
  await page.locator('.modal-content legend:visible', { hasText: title }).first().click();
}

/**
 * The form reports what is typed 50 ms after the last key (`validationDebounceMs` of its library), and both a new entry
 * and *Save* take what was reported: whoever is faster than that loses it. The page's clock is the test's, so those
 * timers run now.
 */
async function reported(): Promise<void> {
  await page.clock.runFor(1000);
}

/** Saves, and gives the plugin's section of the file once it is another. */
async function save(): Promise<Record<string, unknown> | undefined> {
  await reported();
  const saved = page.waitForResponse((response) => response.request().method() === 'POST' && response.ok());
  await page.getByRole('button', { name: 'Save' }).click();
  await saved;
  return ui.section();
}
