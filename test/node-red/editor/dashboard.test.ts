import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { jpegSize } from '../../../src/shared/codec/index.js';
import { Nvr, operations } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { picture } from '../support/editor-page.js';
import { withEditor } from '../support/editor-session.js';
import { credentials, nvrNode } from '../support/palette.js';

const session = withEditor([], {}, { empty: true, beside: ['@flowfuse/node-red-dashboard'] });

/** What a page's video shows, as the browser has it. */
interface Video {
  readonly currentTime: number;
  readonly videoWidth: number;
}

const shown = (page: Page) =>
  page.locator('.ef-tile-video').evaluate((video) => {
    const { currentTime, videoWidth } = video as unknown as Video;
    return { currentTime, videoWidth };
  });

const isPaused = (video: unknown) => (video as { paused: boolean }).paused;

/** What the scrubber tells screen readers: `min`, `max`, `now`, ms since 1970 UTC. */
const valueOf = async (page: Page, what: string) =>
  Number(await page.locator('.ef-tile-scrubber').getAttribute(`aria-value${what}`));

const contentWidth = 'document.documentElement.scrollWidth';

/** What the editor was told last of a tile. */
const lastStatus = (id: string) =>
  (globalThis as unknown as { statuses: { topic: string; text: string | undefined }[] }).statuses.findLast(
    ({ topic }) => topic === `status/${id}`,
  )?.text;

/** Resolves when the video goes on: what stands still does not. */
async function plays(page: Page): Promise<void> {
  const before = (await shown(page)).currentTime;
  await until('the video to go on', async () => (await shown(page)).currentTime > before + 0.5, 30_000);
}

it('a tile with live picture, events, recordings, PTZ and snapshot stands on a dashboard within eight actions, from an empty flow', async () => {
  const { editor } = session();
  // It brings a page and a group along.
  const id = await editor.dragIn('ui-everfocus-tile', 320, 120);
  await editor.open(id);
  await editor.firstNvr('admin123');
  await editor.click('#everfocus-tile-cameras [data-value="1"]');
  await editor.screenshot('tile');
  await editor.done();
  await editor.deploy();
  expect(editor.actions.length).toBeLessThanOrEqual(8);
  expect(await editor.stored(id)).toMatchObject({
    nvr: (await editor.nvrIds())[0],
    camera: '1',
    group: expect.any(String),
  });
});

describe('its page', () => {
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    const { browser, nodeRed, simulator } = session();
    await using nvr = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
    await nvr.call(operations.setPreset, { ChannelID: 1, preset_name: 'Gate' });
    page = await browser.newPage({ viewport: { width: 900, height: 760 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    await page.goto(`${nodeRed.url}/dashboard`);
    await page.locator('.everfocus-tile').waitFor();
  }, 60_000);
  afterAll(() => page.close());

  it('shows a live picture that moves', async () => {
    await plays(page);
    expect(await page.locator('.ef-tile-name').innerText()).toBe('Camera 1');
    // The sub stream.
    expect((await shown(page)).videoWidth).toBe(640);
    await picture(page, 'tile-page');
  }, 60_000);

  it('shows what happened, and what happens now', async () => {
    await page.locator('.ef-tile-events > .ef-tile-motion').first().waitFor({ state: 'attached' });
    session().simulator.motion(1);
    await page.locator('.ef-tile-badge', { hasText: 'Motion' }).waitFor();
    expect(await page.locator('.ef-tile-kinds').innerText()).toMatch(/Motion \d+/);
  });

  it('plays from where the recordings are clicked, and goes back to live', async () => {
    const scrubber = page.locator('.ef-tile-scrubber');
    const recorded = await page.locator('.ef-tile-recorded > i').first().boundingBox();
    const box = await scrubber.boundingBox();
    if (!recorded || !box) throw new Error('nothing is recorded');
    await page.mouse.click(recorded.x + recorded.width / 3, box.y + 15);
    await page.locator('.ef-tile-back').waitFor();
    // The recordings are of the main stream.
    await until('a recorded picture', async () => (await shown(page)).videoWidth === 1280, 30_000);
    await plays(page);
    await page.locator('.ef-tile-pause').click();
    await until('it to stand still', () => page.locator('.ef-tile-video').evaluate(isPaused));
    await page.locator('.ef-tile-resume').click();
    await plays(page);
    await page.locator('.ef-tile-back').click();
    await until('the live picture', async () => (await shown(page)).videoWidth === 640, 30_000);
    await plays(page);
  }, 90_000);

  it('shows one hour, six, or a day, those before, and those after', async () => {
    const shownHours = async () => {
      const [from, to] = await Promise.all([valueOf(page, 'min'), valueOf(page, 'max')]);
      return { hours: Math.round((to - from) / 3_600_000), to };
    };
    for (const hours of [1, 24, 6]) {
      const button = page.locator('.ef-tile-span', { hasText: new RegExp(`^${hours} h$`) });
      await button.click();
      await button.and(page.locator('[aria-pressed=true]')).waitFor();
      expect((await shownHours()).hours).toBe(hours);
    }
    const { to } = await shownHours();
    expect(await page.locator('.ef-tile-later').isDisabled()).toBe(true);
    await page.locator('.ef-tile-earlier').click();
    await until('the hours before', async () => (await shownHours()).to <= to - 5 * 3_600_000);
    await page.locator('.ef-tile-later').click();
    await page.locator('.ef-tile-later:disabled').waitFor();
  });

  it('goes a minute back and on by arrow keys, and back to live by End', async () => {
    await page.locator('.ef-tile-scrubber').focus();
    const now = await valueOf(page, 'now');
    for (let minutes = 1; minutes <= 3; minutes += 1) {
      await page.keyboard.press('ArrowLeft');
      await until(`${minutes} min before`, async () => {
        const back = now - (await valueOf(page, 'now'));
        return back > minutes * 60_000 - 20_000 && back < minutes * 60_000 + 20_000;
      });
    }
    await page.locator('.ef-tile-back').waitFor();
    await page.keyboard.press('ArrowRight');
    await until('a minute on', async () => now - (await valueOf(page, 'now')) < 140_000);
    await page.keyboard.press('End');
    await page.locator('.ef-tile-back').waitFor({ state: 'detached' });
    await plays(page);
  }, 60_000);

  it('moves the camera while a button is held, and not longer', async () => {
    const { simulator } = session();
    await page.locator('.ef-tile-turn').click();
    await page.locator('.ef-tile-left').hover();
    await page.mouse.down();
    await until('the camera to move', () => simulator.ptz(1).moving === 'pan_left');
    await picture(page, 'tile-pad');
    await page.mouse.up();
    await until('it to stand still', () => simulator.ptz(1).moving === undefined);
    expect(simulator.ptz(1).pan).toBeLessThan(0);
  });

  it('goes to a preset by its name', async () => {
    const { simulator } = session();
    const before = simulator.requests.length;
    await page.locator('.ef-tile-presets').selectOption({ label: 'Gate' });
    await until('the camera to be told', () =>
      simulator.requests.slice(before).some(({ body }) => JSON.stringify(body ?? '').includes('goto_preset')),
    );
  });

  it('takes a picture', async () => {
    const taken = page.waitForEvent('download');
    await page.locator('.ef-tile-snapshot').click();
    const file = await (await taken).path();
    expect(jpegSize(await readFile(file))).toEqual({ width: 640, height: 360 });
  });

  it('is as wide as a phone', async () => {
    await page.setViewportSize({ width: 390, height: 760 });
    // The dashboard follows the window by itself.
    await until('it to be as wide', async () => Number(await page.evaluate(contentWidth)) <= 390);
    const { width = 0 } = (await page.locator('.ef-tile-picture').boundingBox()) ?? {};
    expect(width).toBeGreaterThan(250);
    expect(await page.evaluate(contentWidth)).toBeLessThanOrEqual(390);
    await picture(page, 'tile-phone');
  });

  it('complains about nothing, and leaves nothing open when it is left or taken away', async () => {
    expect(complaints).toEqual([]);
    const { editor, nodeRed, simulator } = session();
    const [id = ''] = await editor.idsOf('ui-everfocus-tile');
    await editor.hadStatus(id, /^1 watching$/);
    await page.goto('about:blank');
    const { page: canvas } = editor;
    await until('nobody to watch', async () => (await canvas.evaluate(lastStatus, id)) === undefined);
    await page.goto(`${nodeRed.url}/dashboard`);
    await page.locator('.everfocus-tile').first().waitFor();
    await nodeRed.deploy([nvrNode(simulator)], credentials());
    await until('nothing to be open at the NVR', () => simulator.openSockets === 0);
  }, 60_000);
});
