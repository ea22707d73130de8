import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { machine } from '../../src/node-red/machine.js';
import { LiveSite } from '../../src/node-red/nodes/live/address.js';
import { type Nvr, silentLogger, systemClock } from '../../src/shared/index.js';
import { LimitCounters, limits } from '../../src/shared/internal.js';
import { ScriptedFeed } from '../homebridge/recording/scripted-feed.js';
import { boxes } from '../support/mp4.js';
import { until } from '../support/until.js';
import { browse, closeRoot, httpRoot, jpegsIn, wholeBoxes } from './support/live-browser.js';
import { helper, palette } from './support/palette.js';

beforeAll(() => helper.startServer());
afterAll(() => helper.stopServer());
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  closeRoot();
  await helper.unload();
  expect((await machine()).ffmpeg.children.running).toBe(0);
});

/** Addresses below which any number of cameras show the same film. */
async function site() {
  await helper.load([httpRoot(), ...palette], [], {});
  const film = await ScriptedFeed.open('h264', 'sub');
  film.sound = false;
  const { feed } = film;
  const warm = feed.subscribe({ frame: () => undefined });
  film.play(0.1);
  const counters = new LimitCounters(silentLogger);
  const client = {
    ...{ address: 'nvr', limits: counters },
    feed: (channel: number) => ({
      ...{ channel, stream: 'sub', keyframe: feed.keyframe.bind(feed), subscribe: feed.subscribe.bind(feed) },
    }),
  } as unknown as Nvr;
  const close = LiveSite.open('limits', {
    ...{ client: () => client, channelOf: (text: string) => Promise.resolve(Number(text)), stream: 'sub' },
    ...{ viewers: limits.viewer.most, clock: systemClock, dropped: () => undefined, watched: () => undefined },
  });
  endings.push(() => warm.close(), close);
  const told = () => counters.hits.map(({ limit, count }) => ({ limit, count }));
  return { film, told, ask: (camera: number, file: string) => browse(`/everfocus/limits/${camera}/${file}`) };
}

it('viewer.conversions is told by name: one more stream is not converted, those that are go on, and the others, too', async () => {
  const { film, told, ask } = await site();
  const cameras = Array.from({ length: limits.viewer.conversions }, (_, index) => index + 1);
  const answers = await Promise.all(cameras.map((camera) => ask(camera, 'live.mjpeg')));
  expect(told()).toEqual([]);
  const next = cameras.length + 1;
  const refused = await ask(next, 'live.mjpeg');
  await refused.ended;
  expect([refused.status, refused.headers['retry-after'], JSON.parse(String(refused.bytes()))]).toEqual([
    ...[503, '5', { code: 'BUSY', message: 'too many streams are being converted already' }],
  ]);
  expect(told()).toEqual([{ limit: 'viewer.conversions', count: 1 }]);
  const copied = await ask(next, 'live.mp4');
  const joining = await ask(1, 'live.mjpeg');
  await until('pictures for all', () => {
    film.play(0.05);
    return (
      boxes(wholeBoxes(copied.bytes())).length > 10 &&
      [...answers, joining].every((answer) => jpegsIn(answer.bytes()).length >= 3)
    );
  });
  expect(told()).toEqual([{ limit: 'viewer.conversions', count: 1 }]);
});

it('viewer.sounds is told by name: one more stream has no sound, and all have pictures', async () => {
  const { film, told, ask } = await site();
  const cameras = Array.from({ length: limits.viewer.sounds }, (_, index) => index + 1);
  const heard = await Promise.all(cameras.map((camera) => ask(camera, 'live.mp4?sound=1')));
  expect(told()).toEqual([]);
  const silent = await ask(cameras.length + 1, 'live.mp4?sound=1');
  expect(told()).toEqual([{ limit: 'viewer.sounds', count: 1 }]);
  await until('pictures for all', () => {
    film.play(0.1);
    return [...heard, silent].every((answer) => boxes(wholeBoxes(answer.bytes())).length > 10);
  });
  const hasSound = [...heard, silent].map((answer) => answer.bytes().includes('mp4a'));
  expect(hasSound).toEqual([...cameras.map(() => true), false]);
});
