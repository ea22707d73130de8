import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as hap from '@homebridge/hap-nodejs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { API, Logging, PlatformConfig } from 'homebridge';
import { PlatformAccessory } from '../../node_modules/homebridge/dist/platformAccessory.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import type { EverFocusAccessory } from '../../src/homebridge/accessories/registry.js';
import { EverFocusPlatform } from '../../src/homebridge/platform.js';
import { MAX_BRIDGED, PLATFORM_NAME, PLUGIN_NAME, STORE_FOLDER } from '../../src/homebridge/settings.js';
import { connectedLine } from '../support/hap/homebridge-process.js';
import { until } from '../support/until.js';

let simulator: Simulator;
const folders: string[] = [];
const running: EventEmitter[] = [];
beforeAll(async () => {
  simulator = await Simulator.start({ cameras: 8 });
});
afterEach(() => {
  for (const api of running.splice(0)) api.emit('shutdown');
});
afterAll(async () => {
  await until('nobody to be there', () => simulator.openSockets === 0);
  await simulator.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-room-'));
  folders.push(folder);
  return folder;
}

/**
 * Homebridge with a bridge of HomeKit, and as many accessories of other plugins on it; its own cache is empty.
 *
 * @param away the NVR does not answer
 * @param Made what Homebridge makes accessories with
 */
async function homebridge(others: number, folder = newFolder(), away = false, Made: unknown = PlatformAccessory) {
  const bridge = new hap.Bridge('Bridge', hap.uuid.generate('bridge'));
  const accessories = Array.from(
    { length: others },
    (_, n) => new hap.Accessory(`Lamp ${n}`, hap.uuid.generate(`${n}`)),
  );
  bridge.addBridgedAccessories(accessories);
  const told = toldOf(bridge);
  const lines: string[] = [];
  let [cached, onDisk, writes]: [EverFocusAccessory[], readonly string[], number] = [[], [], 0];
  const write = () => {
    onDisk = cached.map(({ displayName }) => displayName);
    writes += 1;
  };
  const hapOf = (each: readonly EverFocusAccessory[]) => each.map((one) => one._associatedHAPAccessory as never);
  const api = Object.assign(new EventEmitter(), {
    ...{ hap, platformAccessory: Made, user: { storagePath: () => folder } },
    // In the order in which Homebridge does it: what the bridge throws comes before the cache is written.
    registerPlatformAccessories: (_p: string, _n: string, added: EverFocusAccessory[]) => {
      const associated = { _associatedPlugin: PLUGIN_NAME, _associatedPlatform: PLATFORM_NAME };
      cached.push(...added.map((accessory) => Object.assign(accessory, associated)));
      bridge.addBridgedAccessories(hapOf(added));
      write();
    },
    unregisterPlatformAccessories: (_p: string, _n: string, gone: EverFocusAccessory[]) => {
      cached = cached.filter((accessory) => !gone.includes(accessory));
      bridge.removeBridgedAccessories(hapOf(gone));
      write();
    },
    updatePlatformAccessories: (changed: EverFocusAccessory[]) => {
      cached = [...cached.filter(({ UUID }) => !changed.some((one) => one.UUID === UUID)), ...changed];
      write();
    },
  });
  const port = away ? 1 : simulator.port;
  const config = { nvrs: [{ name: 'House', host: '127.0.0.1', port, username: 'admin', password: 'admin123' }] };
  const say = (line: string) => void lines.push(line);
  const logger = { debug: () => undefined, info: say, warn: say, error: say } as unknown as Logging;
  void new EverFocusPlatform(logger, config as unknown as PlatformConfig, api as unknown as API);
  running.push(api);
  api.emit('didFinishLaunching');
  if (!away) await until('the NVR has been read', () => lines.some((line) => connectedLine().test(line)));
  const bridged = bridge.bridgedAccessories.slice(others).map(({ displayName }) => displayName);
  const copy = (
    JSON.parse(readFileSync(join(folder, STORE_FOLDER, 'accessories.json'), 'utf8')) as { displayName: string }[]
  ).map(({ displayName }) => displayName);
  return { lines, bridged, told: told().slice(others), onDisk: onDisk.toSorted(), copy, writes, folder };
}

/** Names of what was on the bridge when Home was last told that something is new. */
function toldOf(bridge: hap.Bridge): () => readonly string[] {
  let told: readonly string[] = [];
  Object.assign(bridge, {
    enqueueConfigurationUpdate: () => (told = bridge.bridgedAccessories.map(({ displayName }) => displayName)),
  });
  return () => told;
}

const cameras = (count: number) => Array.from({ length: count }, (_, index) => `Camera ${index + 1}`);

it('an NVR’s cameras come together, since each time Homebridge writes all that it has', async () => {
  const { bridged, told, writes } = await homebridge(0);
  expect(bridged).toEqual(['House', ...cameras(8)]);
  expect(told).toEqual(bridged);
  // The NVR, its cameras, and what was learnt of both.
  expect(writes).toBeLessThanOrEqual(3);
});

it('a bridge that other plugins have filled takes what it has room for, and its cache and the copy have no more', async () => {
  const { bridged, told, onDisk, copy, lines } = await homebridge(MAX_BRIDGED - 6);
  const taken = ['House', ...cameras(5)];
  expect(bridged).toEqual(taken);
  expect(told).toEqual(taken);
  expect(onDisk).toEqual(taken.toSorted());
  expect(copy).toEqual(taken);
  expect(lines).toContainEqual(expect.stringMatching(/3 cameras are not in Home/));
});

it('a cache that is lost comes back as far as the bridge has room, at once, and the copy goes on knowing all', async () => {
  const { folder, copy } = await homebridge(0);
  const [one, two, three] = copy;
  const { bridged, onDisk, copy: after, lines } = await homebridge(MAX_BRIDGED - 3, folder, true);
  expect(bridged).toEqual([one, two, three]);
  expect(onDisk).toEqual([one, two, three].toSorted());
  expect(after).toEqual(copy);
  expect(lines).toContainEqual(expect.stringMatching(/^Homebridge has lost its cache/));
});

it.each([
  ['are all on the bridge', undefined],
  ['are not, one of them', 3],
  ['are not, the last of them', 7],
])('the accessories of an NVR that is not configured any more go together, where they %s', (_, absent) => {
  const bridge = new hap.Bridge('Bridge', hap.uuid.generate('bridge'));
  const kept = cameras(8).map((name) => new PlatformAccessory(name, hap.uuid.generate(name)));
  const bridged = kept.filter((_one, index) => index !== absent);
  const hapOf = (each: readonly { readonly _associatedHAPAccessory: unknown }[]) =>
    each.map((one) => one._associatedHAPAccessory as never);
  bridge.addBridgedAccessories(hapOf(bridged));
  const told = toldOf(bridge);
  bridge.addBridgedAccessories([]);
  expect(told()).toHaveLength(bridged.length);
  let calls = 0;
  const folder = newFolder();
  const api = Object.assign(new EventEmitter(), {
    ...{ hap, platformAccessory: PlatformAccessory, user: { storagePath: () => folder } },
    registerPlatformAccessories: (_p: string, _n: string, added: EverFocusAccessory[]) =>
      bridge.addBridgedAccessories(hapOf(added)),
    unregisterPlatformAccessories: (_p: string, _n: string, gone: EverFocusAccessory[]) => {
      calls += 1;
      bridge.removeBridgedAccessories(hapOf(gone));
    },
  });
  const logger = { debug: () => undefined, info: () => undefined } as unknown as Logging;
  const platform = new EverFocusPlatform(logger, { nvrs: [] } as unknown as PlatformConfig, api as unknown as API);
  for (const accessory of kept) platform.configureAccessory(accessory);
  running.push(api);
  api.emit('didFinishLaunching');
  expect(bridge.bridgedAccessories).toEqual([]);
  expect(told()).toEqual([]);
  // Else once more for each.
  expect(calls).toBe(absent === undefined ? 1 : 1 + kept.length);
});

it('a camera that cannot be made costs no other, and is told', async () => {
  class Broken extends PlatformAccessory {
    constructor(...[name, ...rest]: ConstructorParameters<typeof PlatformAccessory>) {
      if (name === 'Camera 3') throw Object.assign(new Error('out of\nnames'), { code: 'NO_NAME' });
      super(name, ...rest);
    }

    override getService(...asked: Parameters<PlatformAccessory['getService']>) {
      // Once it has been made as far as that.
      if (this.displayName === 'Camera 5' && asked[0] === hap.Service.AccessoryInformation) throw new TypeError('none');
      return super.getService(...asked);
    }
  }
  const { bridged, told, copy, lines } = await homebridge(MAX_BRIDGED - 7, newFolder(), false, Broken);
  expect(bridged).toEqual(['House', 'Camera 1', 'Camera 2', 'Camera 4', 'Camera 6', 'Camera 7', 'Camera 8']);
  expect(told).toEqual(bridged);
  expect(copy).toEqual(bridged);
  expect(lines.filter((line) => /cannot|not in Home/.test(line))).toEqual([
    expect.stringMatching(/: camera 3 \(Camera 3\) cannot be shown in Home: NO_NAME: out of names$/),
    expect.stringMatching(/: camera 5 \(Camera 5\) cannot be shown in Home: ERROR: none$/),
  ]);
});
