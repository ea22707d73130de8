import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const place = { z: 'flow', x: 200, y: 80, wires: [[]] };
const tile = {
  ...{ id: 'tile', type: 'ui-everfocus-tile', ...place, nvr: 'nvr', group: 'group', order: 1, width: 0, height: 0 },
  ...{ camera: '1', stream: 'sub', ptz: 'never', snapshot: '', version: 1 },
};
const dashboard = [
  { id: 'group', type: 'ui-group', name: 'Cameras', page: 'page', width: 6, height: 1, order: 1, visible: true },
  {
    id: 'page',
    type: 'ui-page',
    name: 'Cameras',
    ui: 'ui',
    path: '/cameras',
    layout: 'grid',
    theme: 'theme',
    order: 1,
  },
  { id: 'ui', type: 'ui-base', name: 'Dashboard', path: '/dashboard', navigationStyle: 'default' },
  {
    ...{ id: 'theme', type: 'ui-theme', name: 'Light' },
    colors: { surface: '#fff', primary: '#0d74ce', bgPage: '#f2f3f5', groupBg: '#fff', groupOutline: '#d9d9e0' },
    sizes: { pagePadding: '12px', groupGap: '12px', groupBorderRadius: '4px', widgetGap: '12px' },
  },
];
const session = withEditor(
  [tile, ...dashboard],
  { codec: 'h265' },
  { videos: true, beside: ['@flowfuse/node-red-dashboard'] },
);

/** A page of the dashboard in a browser of its own. */
async function dashboardPage(): Promise<Page & AsyncDisposable> {
  const page = await session().browser.newPage();
  page.setDefaultTimeout(60_000);
  return Object.assign(page, { [Symbol.asyncDispose]: () => page.close() });
}

/** The picture that stands there, as text; empty where there is none yet. */
const pictureOf = (page: Page) =>
  page.locator('img.ef-tile-video').evaluate((element) => {
    const image = element as HTMLImageElement;
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
    canvas.getContext('2d')?.drawImage(image, 0, 0, 64, 36);
    return image.naturalWidth === 640 ? canvas.toDataURL() : '';
  });

it('a camera of H.265 is shown as H.264 where the browser has no H.265', async () => {
  await using page = await dashboardPage();
  await page.addInitScript(() => {
    const isTypeSupported = MediaSource.isTypeSupported.bind(MediaSource);
    MediaSource.isTypeSupported = (type) => !type.includes('hvc1') && isTypeSupported(type);
  });
  await page.goto(`${session().nodeRed.url}/dashboard`);
  const shown = () =>
    page.locator('video.ef-tile-video').evaluate((element) => {
      const { currentTime, videoWidth } = element as HTMLVideoElement;
      return { currentTime, videoWidth };
    });
  await until('its picture', async () => (await shown()).videoWidth === 640, 60_000);
  const { currentTime } = await shown();
  await until('it to go on', async () => (await shown()).currentTime > currentTime + 0.5, 60_000);
  expect(await page.locator('img.ef-tile-video').count()).toBe(0);
});

it('pictures come one by one where the browser takes no pieces of a video', async () => {
  await using page = await dashboardPage();
  await page.addInitScript(() => Object.assign(globalThis, { MediaSource: undefined, ManagedMediaSource: undefined }));
  await page.goto(`${session().nodeRed.url}/dashboard`);
  const first = await until('a picture', () => pictureOf(page), 60_000);
  await until('another', async () => ![first, ''].includes(await pictureOf(page)), 60_000);
  expect(await page.locator('img.ef-tile-video').getAttribute('src')).toContain('/live.mjpeg?');
});
