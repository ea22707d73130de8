import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { annexB } from '../../support/hap/h264-depacketizer.js';
import { HapHome } from '../../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../../support/hap/homebridge-process.js';
import { LiveView } from '../../support/hap/live-view.js';
import { decodePictures } from '../../support/hap/pictures.js';
import { Received } from '../../support/hap/received.js';
import { packedPackage } from '../../support/packed-package.js';
import { until } from '../../support/until.js';

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;

const platform = (past: boolean) => {
  const { host, port } = simulator;
  return { nvrs: [{ name: 'House', host, port, username: 'admin', password: 'admin123', past }] };
};

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: '00:11:14:00:0e:07', cameras: 2 });
  homebridge = await HomebridgeProcess.start({ plugins, platform: platform(true) });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 2));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

const past = () => home.accessory('House past');
const press = async (name: string) => home.set((await past()).service('Switch', name).id('On'), true);

/** Playbacks that were asked for: camera, and seconds of its past (SDK 3.3). */
const played = () =>
  simulator.requests.flatMap(({ path, query, upgrade, time }) => {
    const [, channel] = (upgrade && /^\/playback\/(\d+)\/0$/.exec(path)) || [];
    const from = Number(new URLSearchParams(query).get('time'));
    return channel === undefined ? [] : [{ channel: Number(channel), ago: time / 1000 - from }];
  });

/** The camera of which pictures came from number `from` on. */
async function shown({ units }: Received, from: number): Promise<number | undefined> {
  await until(homebridge.wanted('pictures'), () => units.length > from + 5, 20_000);
  const { marks } = await decodePictures('h264', annexB(units));
  return marks.at(-1)?.channel;
}

it('plays 30 seconds back, the last event and yesterday, and leaves live views alone', async () => {
  const live = new Received();
  const liveView = await LiveView.prepare(home, await home.camera(1), live);
  await liveView.start();
  await until('live pictures', () => live.units.length > 5);

  const received = new Received();
  const view = await LiveView.prepare(home, await past(), received);
  await view.start();
  expect(await shown(received, 0)).toBe(1);
  expect(played()).toEqual([{ channel: 1, ago: expect.closeTo(30, -1) }]);

  simulator.motion(2, 1);
  await until('an event of the past', async () => {
    await press('Last event');
    return played().length > 1;
  });
  expect(await shown(received, received.units.length)).toBe(2);
  expect(played().at(-1)).toEqual({ channel: 2, ago: expect.any(Number) });
  expect(played().at(-1)?.ago).toBeLessThan(40);

  const before = played().length;
  await press('Yesterday at this time');
  await until('yesterday', () => played().length > before);
  expect(played().at(-1)).toEqual({ channel: 2, ago: expect.closeTo(86_400, -3) });

  const lively = live.units.length;
  await until('live pictures all the while', () => live.units.length > lively + 5);
  expect(live.depacketizer.lost).toBe(0);
  await view.stop();
  await liveView.stop();
  await Promise.all([view.close(), liveView.close()]);
});

it('has a picture for its tile, which plays nothing', async () => {
  const { aid } = await past();
  const before = played().length;
  for (let time = 0; time < 2; time++) {
    const jpeg = await home.snapshot(aid, 640, 360);
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  }
  expect(played().length).toBe(before);
});

it('stays what it is over a restart, and goes where it is not wanted', async () => {
  const before = await home.accessories();
  const { aid } = await past();
  await restart(true);
  expect((await past()).aid).toBe(aid);
  await restart(false);
  const others = before.filter((accessory) => accessory.aid !== aid);
  expect((await home.accessories()).map((accessory) => accessory.aid)).toEqual(others.map((other) => other.aid));
});

async function restart(wanted: boolean): Promise<void> {
  await homebridge.line(connectedLine('House', 2), await homebridge.restart(platform(wanted)));
}
