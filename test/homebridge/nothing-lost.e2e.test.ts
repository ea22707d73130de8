import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Nvr } from '../../src/shared/index.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

const MAC = '00:11:14:00:0e:00';
const cameraMac = (number: number) => `${MAC.slice(0, -1)}${number}`;
const HOUR = 3_600_000;

let simulator: Simulator;
/** Rearranges the cameras at the NVR. */
let nvr: Nvr;
let homebridge: HomebridgeProcess;
let home: HapHome;
/** What Home knows at the beginning. */
let before: readonly string[];

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: MAC, cameras: 3 });
  const login = { host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' };
  nvr = new Nvr(login);
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [{ name: 'House', ...login }] } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 3));
  before = await identifiers();
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await nvr?.close();
  await simulator?.stop();
});

describe('accessories, with all that Home hangs on them, stay the same', () => {
  it('when nothing happens but a restart', async () => {
    await restart();
    expect(await identifiers()).toEqual(before);
    await wellBeing([true, true, true]);
  });

  it('when the NVR lists some of its cameras only; those that are missing are marked', async () => {
    await remove(1, 3);
    const from = await restart();
    await wellBeing([false, true, false]);
    expect(await identifiers()).toEqual(before);
    await homebridge.line(/House .*camera 3 \(Camera 3\) is not listed by the NVR. It stays in Home/, from);
  });

  it('when it lists no camera, at one start after the other', async () => {
    await remove(2);
    for (let start = 0; start < 2; start++) {
      await restart();
      expect(await identifiers()).toEqual(before);
    }
    await wellBeing([false, false, false]);
    await Promise.all([1, 2, 3].map((number) => put(number, number)));
    await restart();
    await wellBeing([true, true, true]);
    expect(await identifiers()).toEqual(before);
  });

  it('when a camera is disabled', async () => {
    await nvr.camera.updateCamera({ ChannelID: 2, Enable: false });
    await restart(connectedLine('House', 2));
    await wellBeing([true, false, true]);
    expect(await identifiers()).toEqual(before);
    await nvr.camera.updateCamera({ ChannelID: 2, Enable: true });
  });

  it('when two cameras exchange their channels: each accessory follows its camera', async () => {
    const serials = await serialNumbers();
    for (const [from, to] of [
      [1, 8],
      [2, 1],
      [8, 2],
    ] as const) {
      await nvr.camera.updateCamera({ ChannelID: from, NewChannelID: to });
    }
    await restart();
    expect(await identifiers()).toEqual(before);
    expect(await serialNumbers()).toEqual(serials);
    await motionShows(2, 0);
  });

  it('when a camera is swapped for another one: the accessory stays on its channel', async () => {
    const [first, second, third] = await serialNumbers();
    await put(3, 7);
    const from = await restart();
    expect(await identifiers()).toEqual(before);
    expect(await serialNumbers()).toEqual([first, second, cameraMac(7)]);
    expect(third).not.toBe(cameraMac(7));
    await homebridge.line(/House .*camera 3 .* is another camera than before/, from);
    await motionShows(3, 2);
  });

  it('when Homebridge loses its cache while the NVR is off, names given in Home included', async () => {
    const sensor = (await cameras())[1]?.service('MotionSensor');
    await home.set(sensor?.id('ConfiguredName') ?? '', 'Back door');
    await homebridge.terminate();
    const { port } = simulator;
    await simulator.stop();
    const folder = join(homebridge.storage, 'accessories');
    for (const file of await readdir(folder)) await rm(join(folder, file));
    const from = homebridge.lines.length;
    await homebridge.start();
    await homebridge.line(/has lost its cache of accessories\. 4 are restored/, from);
    await homebridge.line(/House .*can't be reached/, from);
    expect(await identifiers()).toEqual(before);
    expect(await configuredNames()).toEqual(expect.arrayContaining(['Back door']));
    simulator = await Simulator.start({ mac: MAC, cameras: 3, port });
    await homebridge.line(/House .*: connected again/, from, 60_000);
    expect(await identifiers()).toEqual(before);
    expect(await configuredNames()).toEqual(expect.arrayContaining(['Back door']));
  });
});

describe('a name given in Home', () => {
  it('survives a power cut right after it was written', async () => {
    const camera = (await cameras())[0]?.service('MotionSensor');
    const output = (await home.accessory('House')).service('Switch');
    await home.set(camera?.id('ConfiguredName') ?? '', 'Front door');
    await home.set(output.id('ConfiguredName'), 'Garden lamp');
    await homebridge.kill();
    await start();
    const names = await configuredNames();
    expect(names).toEqual(expect.arrayContaining(['Front door', 'Garden lamp']));
  });
});

describe('a camera that is gone', () => {
  it('stays where the NVR has gone without it for some hours, over restarts', async () => {
    await remove(3);
    await restart();
    await homebridge.terminate();
    await pretendMissing(23 * HOUR);
    await start();
    expect(await identifiers()).toEqual(before);
  });

  it('goes after a day', async () => {
    await homebridge.terminate();
    await pretendMissing(24 * HOUR);
    const from = await start();
    await homebridge.line(/House .*camera 3 removed/, from);
    await until('two cameras', async () => (await cameras()).length === 2);
    const left = await identifiers();
    expect(before).toEqual(expect.arrayContaining([...left]));
    expect(left.length).toBeLessThan(before.length);
    await restart();
    expect(await identifiers()).toEqual(left);
  });

  it('came without an unhandled error', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

/** What rooms, scenes and automations hang on: aid and iid of everything, with what it is. */
async function identifiers(): Promise<readonly string[]> {
  const accessories = await home.accessories();
  return accessories
    .flatMap(({ services }) =>
      services.flatMap((service) =>
        Object.keys(service.values).map((name) => `${service.id(name as never)} ${service.name}.${name}`),
      ),
    )
    .sort();
}

/** In the order in which they were first seen. */
async function cameras(): Promise<readonly HomeAccessory[]> {
  const accessories = await home.accessories();
  return accessories
    .filter(({ services }) => services.some(({ name }) => name === 'CameraRTPStreamManagement'))
    .sort((one, other) => one.aid - other.aid);
}

async function serialNumbers(): Promise<readonly unknown[]> {
  return (await cameras()).map((camera) => camera.service('AccessoryInformation').values.SerialNumber);
}

async function configuredNames(): Promise<readonly unknown[]> {
  return (await home.accessories()).flatMap(({ services }) => services.map(({ values }) => values.ConfiguredName));
}

/** Waits until those cameras are without fault and the others are not; the NVR tells it once a second. */
async function wellBeing(expected: readonly boolean[]): Promise<void> {
  await until(`${expected.join()} without fault`, async () => {
    const states = (await cameras()).map((camera) => camera.service('MotionSensor').values.StatusFault === 0);
    return JSON.stringify(states) === JSON.stringify(expected);
  });
}

async function motionShows(channel: number, index: number): Promise<void> {
  const id = (await cameras())[index]?.service('MotionSensor').id('MotionDetected') ?? '';
  const watch = await home.watch([id]);
  simulator.throwEvent({ channel, type: 'Motion', state: 'active' });
  await watch.change(id, true);
  simulator.throwEvent({ channel, type: 'Motion', state: 'inactive' });
  await watch.change(id, false);
  await watch.close();
}

async function start(connected = connectedLine('House')): Promise<number> {
  const from = homebridge.lines.length;
  await homebridge.start();
  await homebridge.line(connected, from);
  return from;
}

async function restart(connected?: RegExp): Promise<number> {
  await homebridge.terminate();
  return start(connected);
}

async function remove(...channels: number[]): Promise<void> {
  for (const ChannelID of channels) await nvr.camera.deleteCamera({ ChannelID });
}

/** The camera of that number, on that channel. */
async function put(ChannelID: number, number: number): Promise<void> {
  await nvr.camera.setCamera({
    ChannelID,
    Enable: true,
    DeviceName: `Camera ${number}`,
    IPAddress: `192.168.33.${20 + number}`,
    SubnetMask: '255.255.255.0',
    Port: 80,
    Manufacturer: 'EverFocus',
    Model: 'Simulated camera',
    MacAddress: cameraMac(number),
    protocol: 'onvif',
    UserName: 'root',
    Password: 'secret',
    ODSPosition: '',
  });
}

/** Puts the clock forward: what is missing has been so for that time. */
async function pretendMissing(missingFor: number): Promise<void> {
  const path = join(homebridge.storage, 'accessories/cachedAccessories');
  const accessories = JSON.parse(await readFile(path, 'utf8')) as { context: { missingFor?: number } }[];
  const missing = accessories.filter(({ context }) => context.missingFor !== undefined);
  expect(missing).toHaveLength(1);
  for (const { context } of missing) context.missingFor = missingFor;
  await writeFile(path, JSON.stringify(accessories));
}
