import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as hap from '@homebridge/hap-nodejs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { API, Logging, PlatformConfig } from 'homebridge';
import { PlatformAccessory } from '../../node_modules/homebridge/dist/platformAccessory.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { readContext } from '../../src/homebridge/accessories/context.js';
import type { EverFocusAccessory } from '../../src/homebridge/accessories/registry.js';
import { EverFocusPlatform } from '../../src/homebridge/platform.js';
import { PLATFORM_NAME, PLUGIN_NAME, STORE_FOLDER } from '../../src/homebridge/settings.js';
import { connectedLine } from '../support/hap/homebridge-process.js';
import { until } from '../support/until.js';

// What stands in Homebridge's files may be of another version, cut by a full disk, or written by anybody: what Home has of
// rooms and automations hangs on the UUIDs, which must all stay.

type Kept = ReturnType<typeof PlatformAccessory.serialize> & { context: Record<string, unknown> };

let simulator: Simulator;
let folder: string;
/** What Homebridge wrote when all was well. */
let sound: readonly Kept[];
/** The plugin's own copy of it. */
let copy: string;

beforeAll(async () => {
  simulator = await Simulator.start({ cameras: 2 });
  folder = mkdtempSync(join(tmpdir(), 'damaged-'));
  const first = homebridge([]);
  await first.connected();
  sound = first.cache();
  copy = readFileSync(copyPath(), 'utf8');
  first.stop();
});
afterAll(async () => {
  // Who says good-bye may still keep what it knows of the NVR.
  await until('nobody to be there', () => simulator.openSockets === 0);
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

const open: (() => void)[] = [];
beforeEach(() => {
  rmSync(copyPath(), { recursive: true, force: true });
  writeFileSync(copyPath(), copy);
});
afterEach(() => {
  for (const stop of open.splice(0)) stop();
});

/** Homebridge, as far as the platform is concerned. */
function homebridge(cache: readonly unknown[], port = simulator.port) {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  let bridged = cache.map((kept) => PlatformAccessory.deserialize(structuredClone(kept) as Kept));
  const api = Object.assign(new EventEmitter(), {
    ...{ hap, platformAccessory: PlatformAccessory, user: { storagePath: () => folder } },
    registerPlatformAccessories: (_p: string, _n: string, added: EverFocusAccessory[]) => {
      const associated = { _associatedPlugin: PLUGIN_NAME, _associatedPlatform: PLATFORM_NAME };
      bridged.push(...added.map((accessory) => Object.assign(accessory, associated)));
    },
    unregisterPlatformAccessories: (_p: string, _n: string, gone: EverFocusAccessory[]) =>
      void (bridged = bridged.filter((accessory) => !gone.includes(accessory))),
    updatePlatformAccessories: () => undefined,
  });
  const config = { nvrs: [{ name: 'House', host: '127.0.0.1', port, username: 'admin', password: 'admin123' }] };
  const logger = { debug: () => undefined, info: say, warn: say, error: say } as unknown as Logging;
  const platform = new EverFocusPlatform(logger, config as unknown as PlatformConfig, api as unknown as API);
  for (const accessory of bridged) platform.configureAccessory(accessory);
  api.emit('didFinishLaunching');
  const stop = () => void api.emit('shutdown');
  open.push(stop);
  return {
    lines,
    stop,
    /** As Homebridge writes it. */
    cache: () => bridged.map((accessory) => PlatformAccessory.serialize(accessory as never) as Kept),
    connected: () => until('the NVR has been read', () => lines.some((line) => connectedLine().test(line))),
  };
}

const uuids = (kept: readonly { readonly UUID: string }[]) => kept.map(({ UUID }) => UUID).sort();
const damaged = (change: (kept: Kept) => void) =>
  sound.map((kept) => {
    const copy = structuredClone(kept);
    change(copy);
    return copy;
  });
const copyPath = () => join(folder, STORE_FOLDER, 'accessories.json');

const contexts: Readonly<Record<string, (context: Record<string, unknown>) => unknown>> = {
  'is gone': () => undefined,
  'is null': () => null,
  'is a text': () => 'context',
  'is a list': () => [],
  'is that of another version': () => ({ version: 9, camera: { id: 1 } }),
  'has a channel that is none': (context) => ({ ...context, channel: 1e308, outputs: 5 }),
  'has a negative channel': (context) => ({ ...context, channel: -1, inputs: {} }),
  'has an NVR without address': (context) => ({ ...context, nvr: { name: 7 } }),
  'has names, volumes and times of wrong types': (context) => ({
    ...context,
    ...{ names: { motion: 5, 'output-1': {} }, microphone: 'loud', speaker: { muted: 1, volume: NaN } },
    ...{ missingFor: 'long', mac: 7, input: 'yes' },
  }),
  'has a hundred thousand pins': (context) => ({
    ...context,
    channel: 0,
    outputs: Array.from({ length: 100_000 }, (_, pin) => ({ pin, name: 'x' })),
  }),
  'would change prototypes': (context) => ({
    ...(JSON.parse('{"__proto__":{"kind":"camera"},"constructor":{}}') as object),
    nvr: context['nvr'],
  }),
};

describe.each(Object.entries(contexts))('a cache of accessories whose context %s', (_, damage) => {
  it.each(['one', 'all'])('costs no room, with the plugin’s copy and without it: %s', async (which) => {
    const cache = damaged((kept) => {
      if (which === 'all' || kept.displayName === sound[0]?.displayName)
        kept.context = damage(kept.context) as Kept['context'];
    });
    for (const withCopy of [true, false]) {
      if (!withCopy) rmSync(copyPath(), { force: true });
      const away = homebridge(cache, 1);
      await until('the NVR has been tried', () => away.lines.some((line) => /House/.test(line)));
      expect(uuids(away.cache())).toEqual(uuids(sound));
      away.stop();
      if (!withCopy) rmSync(copyPath(), { force: true });
      const back = homebridge(away.cache());
      await back.connected();
      expect(uuids(back.cache())).toEqual(uuids(sound));
      expect(back.cache().filter(({ context }) => readContext(context))).toHaveLength(sound.length);
      back.stop();
    }
    expect(({} as Record<string, unknown>)['kind']).toBeUndefined();
  });
});

describe('the plugin’s own copy, when Homebridge has lost its cache', () => {
  const restored = () => uuids(homebridge([], 1).cache());

  it('gives all back', () => {
    expect(restored()).toEqual(uuids(sound));
  });

  it.each([null, 5, 'x', [], {}, { UUID: 5 }, { UUID: 'no', displayName: '', services: 7 }])(
    'gives the others back where one entry is %j',
    (entry) => {
      const [, ...others] = JSON.parse(copy) as Kept[];
      writeFileSync(copyPath(), JSON.stringify([entry, ...others, ...others]));
      expect(restored()).toEqual(uuids(others));
    },
  );

  it.each<readonly [string, () => void]>([
    ['no JSON', () => writeFileSync(copyPath(), '[{"UUID":')],
    ['no list', () => writeFileSync(copyPath(), '{"map":1}')],
    ['nothing', () => writeFileSync(copyPath(), 'null')],
    ['deeper than any', () => writeFileSync(copyPath(), '['.repeat(5_000_000))],
    ['larger than the memory', () => truncateSync(copyPath(), 2 ** 36)],
    ['a folder', () => void (rmSync(copyPath()), execFileSync('mkdir', [copyPath()]))],
    ['a pipe', () => void (rmSync(copyPath()), execFileSync('mkfifo', [copyPath()]))],
  ])('harms nothing where it is %s', async (_, put) => {
    put();
    const after = homebridge([]);
    await after.connected();
    expect(uuids(after.cache())).toEqual(uuids(sound));
  });
});
