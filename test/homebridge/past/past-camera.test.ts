import * as hap from '@homebridge/hap-nodejs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { API } from 'homebridge';
import { PlatformAccessory } from '../../../node_modules/homebridge/dist/platformAccessory.js';
import { Simulator } from '../../../packages/simulator/src/index.js';
import type { PastContext } from '../../../src/homebridge/accessories/context.js';
import { PastCamera } from '../../../src/homebridge/past/past-camera.js';
import { noFfmpeg } from '../../../src/shared/ffmpeg/ffmpeg.js';
import { findEvents, ManualClock, Nvr, systemClock } from '../../../src/shared/index.js';
import { showTime } from '../../../src/shared/internal.js';
import { until } from '../../support/until.js';
import { recordingLogger } from '../live/camera.js';

const { On, ConfiguredName } = hap.Characteristic;
const NVR = { name: 'House', address: '127.0.0.1:80' };
/** ms */
const DAY = 24 * 3_600_000;

let simulator: Simulator;
let client: Nvr;
let accessory: PlatformAccessory<PastContext>;
let clock: ManualClock;
let camera: PastCamera;
let logger: ReturnType<typeof recordingLogger>;

beforeAll(async () => {
  simulator = await Simulator.start({ mac: '00:11:14:00:0e:08', cameras: 3 });
  client = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' });
  for (const channel of [1, 2, 3]) {
    const begun = Math.floor(Date.now() / 1000) * 1000;
    simulator.motion(channel, 1);
    await until(`motion of camera ${channel} is over`, async () => {
      const last = (await motionOf([1, 2, 3], begun, Date.now() + 1000)).at(-1);
      return last?.channel === channel && last.from.getTime() >= begun;
    });
    // Of another second.
    await until('the next second', () => Date.now() > begun + 2000);
  }
});
afterAll(async () => {
  await client.close();
  await simulator.stop();
});

/** Motion of the past, the oldest first. */
async function motionOf(channels: readonly number[], from: number, to: number) {
  return (await findEvents(client, { channels, types: ['Motion', 'InputAlarm'], from, to })).items;
}

/** Motion of cameras 1 and 2 that began then, the oldest first. ms */
async function begunIn(from: number, to: number) {
  return (await motionOf([1, 2], from, to)).filter((motion) => motion.from.getTime() >= from);
}

beforeEach(async () => {
  const watch = client.state.watch({ list: true }, () => undefined);
  await until('the list of cameras', () => client.state.cameras?.length === 3);
  watch.close();
  logger = recordingLogger();
  // One that begins while it is looked at has been shown already, and is not the next.
  await until('no motion to begin a day ago', async () => {
    const then = systemClock.wall() - DAY;
    return (await begunIn(then - 1000, then + 5000)).length === 0;
  });
  clock = new ManualClock(systemClock.wall());
  accessory = new PlatformAccessory<PastContext>('House past', hap.uuid.generate('past'), 17);
  accessory.context = { kind: 'past', nvr: NVR };
  camera = new PastCamera({
    api: { hap } as unknown as API,
    ...{ accessory, client, clock, logger, ffmpeg: noFfmpeg, pictures: undefined, types: [] },
    ...{ watched: () => 2, isHidden: (channel) => channel === 3, save: () => undefined },
  });
});
afterEach(() => camera.close());

const service = (name: string) =>
  accessory.services.find((each) => each.testCharacteristic(ConfiguredName) && each.displayName === name);
const isOn = (name: string) => service(name)?.getCharacteristic(On).value;
const press = (name: string) =>
  service(name)
    ?.getCharacteristic(On)
    .handleSetRequest(true, {} as never);

/** Presses, and waits for the line that says what is played then. */
async function pressed(name: string): Promise<string> {
  const before = logger.lines.length;
  await press(name);
  await until(`an answer to "${name}"`, () => logger.lines.slice(before).some((line) => line.startsWith(`${name}: `)));
  return logger.lines.slice(before).find((line) => line.startsWith(`${name}: `)) ?? '';
}

it('goes from event to event, of cameras that are shown only', async () => {
  const now = clock.wall();
  const all = await begunIn(now - DAY, now);
  const played = (index: number) => `plays camera ${all.at(index)?.channel} from `;
  expect(await pressed('Yesterday at this time')).toMatch(/plays camera 2 from .* on \(a day before\)/);
  expect(await pressed('Next event')).toContain(played(0));
  expect(await pressed('Next event')).toContain(played(1));
  // The newest one of all is of camera 3, which is hidden.
  expect((await motionOf([1, 2, 3], now - 3_600_000, now)).at(-1)?.channel).toBe(3);
  expect(all.at(-1)?.channel).toBe(2);
  expect(await pressed('Last event')).toContain(played(-1));
  expect(await pressed('Next event')).toMatch(/there is none/);
});

it('goes back to the moment before now of the camera that was watched, while nothing is shown', async () => {
  const told = await pressed('30 seconds back');
  expect(told).toContain(`plays camera 2 from ${showTime(new Date(clock.wall() - 30_000))}`);
});

it('says in its name from when on it plays, but for one that its user has chosen', async () => {
  camera.describe(NVR);
  const name = () => accessory.getService(hap.Service.AccessoryInformation)?.getCharacteristic(ConfiguredName);
  expect(name()?.value).toBe('House past');
  await pressed('30 seconds back');
  const [, time = ''] = showTime(new Date(clock.wall() - 30_000)).split(' ');
  expect(name()?.value).toMatch(new RegExp(`^House past (\\d\\d-\\d\\d )?${time.slice(0, 5)}$`));
  await pressed('Yesterday at this time');
  expect(name()?.value).toMatch(/^House past \d\d-\d\d \d\d:\d\d$/);
  await name()?.handleSetRequest('Recorder', {} as never);
  await pressed('30 seconds back');
  camera.describe(NVR);
  expect(name()?.value).toBe('Recorder');
});

it('lets its switches go off by themselves', async () => {
  await pressed('30 seconds back');
  expect(isOn('30 seconds back')).toBe(true);
  clock.advance(1000);
  expect(isOn('30 seconds back')).toBe(false);
});

it('says so at once while the NVR is away', async () => {
  const away = new Nvr({ host: '127.0.0.1', port: 9, username: 'u', password: 'p' });
  await camera.close();
  camera = new PastCamera({
    api: { hap } as unknown as API,
    accessory: (accessory = new PlatformAccessory<PastContext>('House past', hap.uuid.generate('past'), 17)),
    ...{ client: away, clock, logger, ffmpeg: noFfmpeg, pictures: undefined, types: [] },
    ...{ watched: () => 2, isHidden: () => false, save: () => undefined },
  });
  away.state.watch({ list: true }, () => undefined);
  await until('it is known', () => camera.obstacle !== undefined);
  await expect(press('Last event')).rejects.toBe(-70402);
  await away.close();
});
