import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { pageDictionaries } from '../../scripts/setup/settings-page.mjs';
import { readBundle, Simulator } from '../../packages/simulator/src/index.js';
import { readConfiguration } from '../../src/homebridge/config.js';
import { Nvr } from '../../src/shared/index.js';
import { launchChromium } from '../support/chromium.js';
import { HomebridgeUi, ON_LOOPBACK } from '../support/homebridge-ui.js';
import { packedPackage } from '../support/packed-package.js';
import { cutIn, englishIn, standsIn, wordsShown } from '../support/shown-page.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

/** Only what has no other meaning in HTML and JSON, so that it is found wherever it stands. */
const PASSWORD = 'Kaese-4711';
const OTHER_PASSWORD = 'second-secret';

let nvr: Simulator;
/** As it was saved. */
let first: object;
let other: Simulator;
/** Something else that speaks HTTP. */
let printer: Server;
let ui: HomebridgeUi;
let browser: Browser;
let page: Page;
/** Everything that was posted to the page of the plugin. */
const messages: string[] = [];

beforeAll(async () => {
  // Whoever runs these tests beside this one asks the same port: each finds devices by their own addresses.
  const mac = `00:11:14:${(process.pid % 2 ** 24)
    .toString(16)
    .padStart(6, '0')
    .replace(/(..)(..)/, '$1:$2:')}`;
  nvr = await Simulator.start({ password: PASSWORD, discoveryPort: 31501, mac });
  other = await Simulator.start({ password: OTHER_PASSWORD, httpsPort: 0, mac: '00:11:14:00:00:02' });
  printer = createServer((_, response) => response.end('<title>Printer</title>'));
  await new Promise<void>((resolve) => printer.listen(0, '127.0.0.1', resolve));
  ui = await HomebridgeUi.start(await packedPackage(), ON_LOOPBACK);
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(20_000);
  await page.exposeFunction('tellTest', (message: string) => void messages.push(message));
  await page.addInitScript(() => {
    if (window === window.parent) return;
    const { tellTest } = window as unknown as { readonly tellTest: (message: string) => void };
    window.addEventListener('message', ({ data }) => tellTest(JSON.stringify(data)));
  });
  await open();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await ui?.close();
  await Promise.all([nvr?.stop(), other?.stop()]);
  printer?.close();
});

describe("the plugin's page in Homebridge's settings", () => {
  it('finds an NVR, tries it, says what is wrong, and what it is once the password is right', async () => {
    await frame().getByText('No NVR yet.').waitFor();
    const advice = frame().getByText('Recommended: run this plugin as a child bridge');
    expect(await advice.isVisible()).toBe(false);
    await button('Find NVRs').click();
    const found = frame().locator('.found', { hasText: `127.0.0.1:${nvr.port}` });
    await found.getByRole('button', { name: 'Add' }).click();
    expect(await field('host').inputValue()).toBe('127.0.0.1');
    expect(await advice.isVisible()).toBe(true);
    await frame().getByText('Not saved before it has: User name, Password').waitFor();
    await until('it may not be saved', () => saveButton().isDisabled());
    await field('name').fill('House');
    await field('username').fill('admin');
    await field('password').fill('wrong');
    expect(await verdict()).toContain('The NVR rejects user name or password.');
    await field('password').fill(PASSWORD);
    expect(await verdict()).toMatch(/The NVR lets this user in: .*4 cameras, 4 alarm outputs/);
    await save();
    first = { name: 'House', host: '127.0.0.1', port: nvr.port, username: 'admin', password: PASSWORD };
    expect(await ui.section()).toEqual({ platform: 'EverFocusNVR', name: 'EverFocus NVR', nvrs: [first] });
    expect(readConfiguration(await ui.section())).toMatchObject({ nvrs: [first], problems: [], advice: [] });
  });

  it('shows what was saved, and tries it with the password that the page never saw', async () => {
    messages.length = 0;
    await open();
    await frame().getByText('House').waitFor();
    await button('Edit').click();
    expect(await field('password').inputValue()).toBe('');
    expect(await field('password').getAttribute('placeholder')).toContain('stored');
    expect(await verdict()).toContain('4 cameras');
    const shown = frame().locator('img.nvr-picture[src^="data:image/jpeg"]');
    await until('all cameras are shown', async () => (await shown.count()) === 4);
    expect(await frame().getByText('4 · Camera 4').isVisible()).toBe(true);
    expect(messages.some((message) => message.includes('"House"'))).toBe(true);
    expect(messages.filter((message) => message.includes(PASSWORD))).toEqual([]);
    expect(await standsIn(body(), PASSWORD)).toBe(false);
  });

  it('looks at everything by a button, with the password that the page never saw, and stops when it is told to', async () => {
    messages.length = 0;
    await button('Examine').click();
    await frame().locator('.finding', { hasText: 'dialect' }).waitFor({ timeout: 60_000 });
    await button('Examine').waitFor();
    for (const check of ['login', 'cameras', 'hooks', 'live main']) {
      expect(await frame().locator('.finding-good', { hasText: check }).count()).toBeGreaterThan(0);
    }
    expect(await frame().locator('.finding-bad').count()).toBe(0);
    const remedy = frame().locator('.finding-warning', { hasText: 'encryption' }).locator('.form-text');
    expect(await remedy.innerText()).toContain('HTTPS');
    await button('Examine').click();
    await frame().locator('.finding', { hasText: 'is let in' }).waitFor();
    await button('Stop').click();
    await frame().getByText('Stopped.').waitFor();
    expect(await frame().locator('.finding', { hasText: 'dialect' }).count()).toBe(0);
    expect(messages.filter((message) => message.includes(PASSWORD))).toEqual([]);
  });

  it('writes down how it answers, shows that, and saves it without its secrets', async () => {
    messages.length = 0;
    await button('Capture').click();
    const captured = frame().locator('.capture');
    await captured.waitFor({ timeout: 60_000 });
    expect(await captured.innerText()).toMatch(/answers to \d{2} operations[^]*passwords: [1-9][^]*What is not in it/);
    await captured.getByText('All of it').click();
    const shown = await captured.locator('textarea').inputValue();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      captured.getByRole('button', { name: 'Save everfocus-capture-' }).click(),
    ]);
    const saved = await readFile(await download.path());
    expect(download.suggestedFilename()).toMatch(/^everfocus-capture-\d{12}\.json$/);
    expect(saved.toString()).toBe(shown);
    const { source, exchanges } = readBundle(saved);
    expect(source).toBe('recorder');
    expect(exchanges.length).toBeGreaterThan(40);
    for (const secret of [PASSWORD, '127.0.0.1', 'Camera 1']) expect(shown).not.toContain(secret);
    expect(messages.filter((message) => message.includes(PASSWORD))).toEqual([]);
    await button('Throw away').click();
    await captured.waitFor({ state: 'detached' });
    await button('Capture').click();
    await frame().getByText('(push sockets and live streams)').waitFor({ timeout: 60_000 });
    await button('Stop').click();
    await frame().getByText('Stopped.').waitFor();
    await until('nothing to be open at the NVR', () => nvr.openSockets === 0);
    expect(await captured.count()).toBe(0);
  });

  it('adds a second one, edits the first, takes steps back, and keeps what it was not told to change', async () => {
    await field('name').fill('Home');
    await frame().getByText('Pin 5').click();
    await frame().locator('details[open] details[open] input[name=name]').fill('Gate');
    await frame().getByText('Pin 5 · Gate').waitFor();
    await frame().getByText('4 · Camera 4').click();
    const camera = frame().locator('details[open] details[open]', { hasText: 'Hidden' });
    await camera.locator('input[name=name]').fill('Garden');
    await camera.locator('select[name=hidden]').selectOption('yes');
    await camera.locator('select[name=sound]').selectOption('off');
    await frame().getByText('4 · Garden').waitFor();
    await button('Add by address').click();
    await field('host').fill('127.0.0.1');
    await field('port', 'Connection').fill(String(other.port));
    await field('username').fill('admin');
    await field('password').fill(OTHER_PASSWORD);
    expect(await verdict(1)).toContain('4 cameras');
    await card(1).getByRole('button', { name: 'Remove' }).click();
    expect(await frame().locator('.card').count()).toBe(1);
    await button('Undo').click();
    expect(await frame().locator('.card').count()).toBe(2);
    await save();
    const [one, two] = (await ui.section())?.['nvrs'] as object[];
    const outputs = [{ pin: 5, name: 'Gate' }];
    const cameras = [{ channel: 4, name: 'Garden', hidden: 'yes', sound: 'off' }];
    expect(one).toEqual({ ...first, name: 'Home', outputs, cameras });
    expect(two).toEqual({ host: '127.0.0.1', port: other.port, username: 'admin', password: OTHER_PASSWORD });
  });

  it('shows the inputs and names them, and makes of a camera what it is to be in Home', async () => {
    await open();
    await card(0).getByRole('button', { name: 'Edit' }).click();
    await verdict();
    const inputs = card(0).locator('.form-label', { hasText: 'Alarm inputs' }).locator('..').locator('summary');
    expect(await inputs.allTextContents()).toEqual(['Pin 1', 'Pin 2', 'Pin 3', 'Pin 4']);
    const unfolded = async (text: string) => {
      await card(0).locator('summary', { hasText: text }).click();
      return card(0).locator('details[open] details[open]', { hasText: text });
    };
    const input = await unfolded('Pin 1');
    await input.locator('input[name=name]').fill('Back door');
    await input.locator('select[name=contact]').selectOption('closed');
    await frame().getByText('Pin 1 · Back door').waitFor();
    const texts = { doorbell: 'input 3', motion: 'Motion, Intrusion', tamper: 'Tamper' };
    const numbers = { hold: 20, occupancy: 300 };
    const choices = { recording: 'off', manualRecord: 'switch', talk: 'on' };
    const camera = await unfolded('2 · Camera 2');
    for (const [name, value] of Object.entries({ ...texts, ...numbers })) {
      await camera.locator(`input[name=${name}]`).fill(String(value));
    }
    for (const [name, value] of Object.entries(choices)) {
      await camera.locator(`select[name=${name}]`).selectOption(value);
    }
    await save();
    const section = await ui.section();
    const [saved] = section?.['nvrs'] as { inputs: object[]; cameras: object[] }[];
    expect(saved?.inputs).toEqual([{ pin: 1, name: 'Back door', contact: 'closed' }]);
    expect(saved?.cameras).toContainEqual({ channel: 2, ...texts, ...numbers, ...choices });
    expect(readConfiguration(section)).toMatchObject({ problems: [], advice: [] });
  });

  it('sends a stored password to no other address', async () => {
    await open();
    await card(0).getByRole('button', { name: 'Edit' }).click();
    await field('port', 'Connection').fill(String(other.port));
    await frame().getByText('Not saved before it has: Password').waitFor();
    await until('it may not be saved', () => saveButton().isDisabled());
    expect(await verdict(0)).toContain('Type the password.');
    // The address of the other NVR of the list: the page's server says so, too.
    await frame().getByText('is the address of "Home" already').waitFor();
    await button('Undo').click();
    await until('it may be saved', async () => !(await saveButton().isDisabled()));
    expect(await standsIn(body(), PASSWORD)).toBe(false);
  });

  it.each([
    ['nothing listens', async () => await freePort(), /Nothing answers at this (port|address)/],
    ['another device stands', async () => (printer.address() as AddressInfo).port, 'Something else answers there: '],
    ['HTTPS is spoken', async () => other.httpsPort ?? 0, 'This port wants HTTPS.'],
  ])('says so where %s', async (_, port, expected) => {
    await card(0).getByRole('button', { name: 'Done' }).click();
    await button('Add by address').click();
    await field('host').fill('127.0.0.1');
    await field('port', 'Connection').fill(String(await port()));
    await field('username').fill('admin');
    await field('password').fill('x');
    expect(await verdict(2)).toMatch(expected);
    await card(2).getByRole('button', { name: 'Remove' }).click();
    await card(0).getByRole('button', { name: 'Edit' }).click();
  });

  it('names the ports that are open, and takes one by a click; trusts a certificate by another, its fingerprint shown', async () => {
    // An address of its own, so that its ports are those of an NVR.
    const host = `127.${64 + ((process.pid >> 16) % 64)}.${(process.pid >> 8) % 256}.${1 + (process.pid % 254)}`;
    await using far = await Simulator.start({ host, port: 8080, httpsPort: 8443, mac: '00:11:14:00:00:03' });
    const account = { username: 'admin', password: 'admin123' };
    await card(0).getByRole('button', { name: 'Done' }).click();
    await button('Add by address').click();
    await field('host').fill(host);
    await field('port', 'Connection').fill(String(await freePort()));
    for (const [name, value] of Object.entries(account)) await field(name).fill(value);
    expect(await verdict(2)).toContain('Nothing answers at this port.');
    const remedies = verdictOf(2).getByRole('button');
    expect(await remedies.allTextContents()).toEqual(['Use port 8080', 'Use port 8443 with HTTPS']);
    await remedies.last().click();
    const trust = verdictOf(2).getByRole('button', { name: 'Trust this certificate only' });
    await trust.waitFor();
    const before = far.fingerprint;
    expect(await verdictOf(2).textContent()).toMatch(new RegExp(`lets this user in.*trust it: ${before}`));
    await trust.click();
    await until('it is trusted', async () => !(await verdictOf(2).textContent())?.includes(before));
    await verdictOf(2).getByText('The NVR lets this user in').waitFor();
    expect(await trust.count()).toBe(0);
    await save();
    const trusted = (fingerprint: string) => ({ host, ...account, port: 8443, https: true, fingerprint });
    const saved = async () => ((await ui.section())?.['nvrs'] as object[])[2];
    expect(await saved()).toEqual(trusted(before));

    const names = { country_name: 'TW', state_or_province_name: 'x', locality_name: 'x', organization_name: 'x' };
    const owner = { ...names, organization_unit_name: 'x', common_name: host, email_address: 'a@b.tw' };
    await using nvr = new Nvr({ host, port: 8080, ...account });
    await nvr.network.generateCertificate({ ...owner, validity_days: 30 });
    await open();
    await card(2).getByRole('button', { name: 'Edit' }).click();
    const from = far.requests.length;
    const said = await verdict(2);
    expect(said).toContain(`a certificate that is not trusted: ${far.fingerprint}`);
    expect(said).toContain(`Trusted so far: ${before}`);
    // What stands there was looked at; nobody logged in.
    expect(far.requests.slice(from).filter(({ method }) => method !== 'GET')).toEqual([]);
    await trust.click();
    await verdictOf(2).getByText('The NVR lets this user in').waitFor();
    await save();
    expect(await saved()).toEqual(trusted(far.fingerprint));
  });

  it('is dark where the page around it is, and fits a phone', async () => {
    await open();
    await card(2).getByRole('button', { name: 'Edit' }).click();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await frame().locator('body.dark-mode').waitFor();
    // What is behind it is seen: Homebridge's own dark.
    expect(await body().evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgba(0, 0, 0, 0)');
    await page.setViewportSize({ width: 390, height: 844 });
    await until('the page has the width of a phone', async () => {
      const [content, width] = await body().evaluate(({ ownerDocument: { documentElement: root } }) => [
        root.scrollWidth,
        root.clientWidth,
      ]);
      return width < 390 && content <= width;
    });
  });
});

describe("the plugin's page in another language", () => {
  it.each(['de', 'zh-TW'])('speaks %s where Homebridge does, without a word of English, and fits', async (language) => {
    const dictionary = pageDictionaries()[language] ?? {};
    const said = (text: string) => dictionary[text] ?? text;
    await ui.speak(language);
    page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, reducedMotion: 'reduce' });
    page.setDefaultTimeout(20_000);
    await open(said('Find NVRs'));
    expect(await frame().locator('html').getAttribute('lang')).toBe(language);
    await card(0)
      .getByRole('button', { name: said('Edit') })
      .click();
    expect(await verdict(0, said('Test'))).toContain(said('{0} alarm outputs').replace('{0}', '4'));
    if (language === 'de') {
      await button(said('Examine')).click();
      await frame()
        .locator('.finding', { hasText: said('dialect') })
        .waitFor({ timeout: 60_000 });
    }
    await button(said('Add by address')).click();
    await frame().locator('.card input[name=host]').fill('no address');
    await frame()
      .getByText(said('Not saved before it has: {0}').replace('{0}', said('User name')))
      .waitFor();
    const left = englishIn(await wordsShown(body()), dictionary);
    await card(1)
      .getByRole('button', { name: said('Edit') })
      .click();
    expect([...left, ...englishIn(await wordsShown(body()), dictionary)]).toEqual([]);
    for (const width of [1200, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await until('nothing is cut', async () => (await cutIn(body())).length === 0).catch(async () => {
        throw new Error(`cut at ${width}: ${(await cutIn(body())).join('; ')}`);
      });
    }
  });
});

async function open(find = 'Find NVRs'): Promise<void> {
  await ui.openPlugin(page);
  // The first of what the menu offers: its name is in Homebridge's language.
  await page.locator('.dropdown-item').first().click();
  await button(find).waitFor();
}

function frame(): FrameLocator {
  return page.frameLocator('iframe.plugin-iframe');
}

function body(): Locator {
  return frame().locator('body');
}

function button(name: string): Locator {
  return frame().getByRole('button', { name, exact: true }).first();
}

function card(index: number): Locator {
  return frame().locator('.card').nth(index);
}

/** A field of the NVR that is edited. @param section that is unfolded for it */
function field(name: string, section?: string): Locator {
  const input = frame().locator(`.card input[name=${name}]`).first();
  if (section === undefined) return input;
  const fold = frame().locator('details', { hasText: section }).first();
  void fold.evaluate((details) => ((details as HTMLDetailsElement).open = true));
  return input;
}

/** Where it is said what a test came to. */
function verdictOf(index: number): Locator {
  return card(index).locator('.nvr-verdict');
}

/** Presses *Test* of an NVR. */
async function verdict(index = 0, test = 'Test'): Promise<string> {
  const place = verdictOf(index);
  await card(index).getByRole('button', { name: test }).click();
  await place.locator('strong').waitFor();
  return place.innerText();
}

function saveButton(): Locator {
  return page.locator('.modal-footer .btn-primary');
}

async function save(): Promise<void> {
  await until('it may be saved', async () => !(await saveButton().isDisabled()));
  const saved = page.waitForResponse((response) => response.request().method() === 'POST' && response.ok());
  await saveButton().click();
  await saved;
}
