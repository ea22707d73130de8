import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Simulator } from '../../packages/simulator/src/index.js';
import { launchChromium } from '../support/chromium.js';
import { until } from '../support/until.js';

describe('The page of the simulator, in a browser', () => {
  let simulator: Simulator;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    simulator = await Simulator.start({ controlPort: 0, cameras: 3 });
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${simulator.port}/`);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await simulator?.stop();
  });

  it("opens at the NVR's address and names the API's", async () => {
    expect(page.url()).toBe(`http://127.0.0.1:${simulator.controlPort}/`);
    expect(await page.textContent('code')).toBe(`http://127.0.0.1:${simulator.port}`);
  });

  it('shows a picture of each camera, and the pictures move', async () => {
    const shown = () => page.$$eval('img', (all) => all.map((img) => [img.complete, img.naturalWidth, img.currentSrc]));
    await until('three pictures', async () => (await shown()).every(([complete, width]) => complete && width === 640));
    const first = (await shown()).map(([, , source]) => source);
    await until('other pictures', async () => (await shown()).every(([, , source], index) => source !== first[index]));
  });

  it('triggers motion, says so, and switches inputs both ways', async () => {
    await page.click('figure:nth-child(2) button');
    await until('the echo', async () => (await page.textContent('output')) === 'motion on channel 2');
    await page.click('[data-pin="3"]');
    await until('the pin', () => simulator.pin(3) === 1);
    simulator.setPin(6, 1);
    await until('the box', () => page.isChecked('[data-pin="6"]'));
  });

  it('breaks none of its own rules', () => {
    expect(errors).toEqual([]);
  });
});
