import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TSchema } from 'typebox';
import {
  Nvr,
  operations,
  patchSettings,
  readSettings,
  restoreSettings,
  settingsPairs,
} from '../../src/shared/index.js';
import { patched, requireFields, restored } from '../../src/shared/tasks/patch-settings.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { namesOf } from '../samples/settings-names.js';
import { withNvr } from './with-nvr.js';

const { setEMail, setScheduleByGroup, setAlarmSettings } = operations;
const never = '-'.repeat(48);
const always = '+'.repeat(48);
const week = (monday: string) => [never, monday, never, never, never, never, never];

describe('A patch', () => {
  it.each<[string, { now: unknown; patch: unknown; after: unknown; keys?: string[]; schema?: TSchema | undefined }]>([
    ['names fields of an object', { now: { a: 1, b: 2 }, patch: { b: 3 }, after: { a: 1, b: 3 } }],
    ['goes deep', { now: { a: { b: 1, c: 2 } }, patch: { a: { b: 3 } }, after: { a: { b: 3, c: 2 } } }],
    ['adds what was not told', { now: {}, patch: { a: { b: 1 } }, after: { a: { b: 1 } } }],
    ['that names nothing changes nothing', { now: { a: 1 }, patch: {}, after: { a: 1 } }],
    ['that is none changes nothing', { now: { a: 1 }, patch: undefined, after: { a: 1 } }],
    ['replaces a list', { now: { a: [1, 2] }, patch: { a: [3] }, after: { a: [3] } }],
    [
      'names items by their keys, also where the NVR tells numbers as text',
      {
        now: {
          settings: [
            { channel: '1', on: 1 },
            { channel: '2', on: 1, x: 5 },
          ],
        },
        patch: { settings: [{ channel: 2, on: 0 }] },
        after: {
          settings: [
            { channel: '1', on: 1 },
            { channel: 2, on: 0, x: 5 },
          ],
        },
        keys: ['channel'],
      },
    ],
    [
      'replaces a list within such an item, whose items have the same field',
      {
        now: [{ channel: 1, out: [{ channel: 1, pin: 1 }] }],
        patch: [{ channel: 1, out: [{ channel: 2, pin: 1 }] }],
        after: [{ channel: 1, out: [{ channel: 2, pin: 1 }] }],
        keys: ['channel'],
      },
    ],
    [
      'that is an object changes every item of a list',
      {
        now: [
          { a: 1, b: 1 },
          { a: 2, b: 1 },
        ],
        patch: { b: 2 },
        after: [
          { a: 1, b: 2 },
          { a: 2, b: 2 },
        ],
      },
    ],
    [
      'changes the one item of a list, of which nothing else is touched',
      {
        now: [{ userID: 1, username: 'admin', permissions: { ptz_on: true, live: [1, 2] } }],
        patch: [{ userID: 1, permissions: { live: [1] } }],
        after: [{ userID: 1, username: 'admin', permissions: { ptz_on: true, live: [1] } }],
        schema: operations.setUser.body,
      },
    ],
    [
      'names days of a week',
      {
        now: { Motion: { Map: week(never) } },
        patch: { Motion: { Map: { monday: always } } },
        after: { Motion: { Map: week(always) } },
        schema: setScheduleByGroup.body,
      },
    ],
    [
      'replaces a whole week',
      {
        now: { Motion: { Map: week(never) } },
        patch: { Motion: { Map: week(always) } },
        after: { Motion: { Map: week(always) } },
        schema: setScheduleByGroup.body,
      },
    ],
  ])('%s', (_, { now, patch, after, keys = [], schema = setEMail.body }) => {
    const before = structuredClone(now);
    expect(patched(schema, now, patch, keys)).toEqual(after);
    expect(now).toEqual(before);
  });

  it.each<[string, unknown, unknown, string]>([
    ['an item that is not there', { settings: [{ channel: 1 }] }, { settings: [{ channel: 9 }] }, 'settings/0/channel'],
    [
      'a day that there is not',
      { Motion: { Map: week(never) } },
      { Motion: { Map: { funday: never } } },
      'Motion/Map/funday',
    ],
    ['one day of an unknown week', {}, { Motion: { Map: { monday: never } } }, 'Motion/Map/sunday'],
  ])('that names %s is refused by its path', (_, now, patch, path) => {
    const { body } = 'settings' in (now as object) ? setAlarmSettings : setScheduleByGroup;
    expect(() => patched(body, now, patch, ['channel'])).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });
});

describe('What is restored', () => {
  it.each<[string, unknown, unknown, unknown, string[]?]>([
    ['is as it was saved', { a: 2, b: [1] }, { a: 1, b: [1, 2] }, { a: 1, b: [1, 2] }],
    ['keeps what was not told when it was saved', { a: 2, password: 'x' }, { a: 1 }, { a: 1, password: 'x' }],
    [
      'is found by its key where the order has changed, with what was not told',
      [
        { name: 'B', pwd: 'b' },
        { name: 'A', pwd: 'a' },
      ],
      [{ name: 'A' }, { name: 'B' }],
      [
        { name: 'A', pwd: 'a' },
        { name: 'B', pwd: 'b' },
      ],
      ['name'],
    ],
    ['is nothing where there is nothing', [], [], [], ['name']],
    ['may lack all of a list of values', { a: [1] }, { a: [] }, { a: [] }, ['name']],
    ['lacks items that are new', [{ name: 'A' }, { name: 'B' }], [{ name: 'A' }], [{ name: 'A' }], ['name']],
    [
      'has items again that are gone',
      [{ name: 'A' }],
      [{ name: 'A' }, { name: 'B' }],
      [{ name: 'A' }, { name: 'B' }],
      ['name'],
    ],
  ])('%s', (_, now, saved, after, keys = []) => {
    expect(restored(now, saved, keys)).toEqual(after);
  });

  it.each<[string, unknown, unknown, string]>([
    ['all disks', [{ name: 'A' }], [], 'saved'],
    ['the settings of all cameras', { settings: [{ channel: 1 }] }, { settings: [] }, 'settings'],
    ['the only settings there are', [{ cells: '' }], [], 'saved'],
  ])('does not delete %s because it is empty', (_, now, saved, path) => {
    const refused = expect.objectContaining({ code: 'INVALID_PARAMETER', path });
    expect(() => restored(now, saved, ['name', 'channel'])).toThrow(refused);
  });
});

/** Patches of a reading, each with one field that nobody has, and its path. */
function misspelt(reading: unknown, keys: readonly string[]): { patch: unknown; path: string }[] {
  if (Array.isArray(reading)) {
    const [item] = reading as unknown[];
    const named = Object.entries(item ?? {}).filter(([name]) => keys.includes(name));
    return misspelt(item, keys).map(({ patch, path }) => ({
      patch: [{ ...Object.fromEntries(named), ...(patch as object) }],
      path: `0/${path}`,
    }));
  }
  // Of an empty object nobody knows what it may hold.
  if (typeof reading !== 'object' || reading === null || Object.keys(reading).length === 0) return [];
  const below = Object.entries(reading).flatMap(([name, value]) =>
    misspelt(value, keys).map(({ patch, path }) => ({ patch: { [name]: patch }, path: `${name}/${path}` })),
  );
  return [{ patch: { mispelt: 1 }, path: 'mispelt' }, ...below];
}

describe('A patch with a field that there is not', () => {
  let simulator: Simulator;
  let client: Nvr;
  beforeAll(async () => {
    simulator = await Simulator.start();
    const { host, port } = simulator;
    client = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  });
  afterAll(async () => {
    await client.close();
    await simulator.stop();
  });

  it.each(settingsPairs)('is refused by its path, wherever it stands: $name', async (pair) => {
    const names = namesOf(pair);
    const wrong = misspelt(await readSettings(client, pair, names), pair.keys);
    for (const { patch, path } of wrong) {
      const error = expect.objectContaining({ code: 'INVALID_PARAMETER', path });
      await expect(patchSettings(client, pair, names, patch)).rejects.toEqual(error);
    }
    expect(simulator.requests.filter(({ path }) => /\/(set|update)/.test(path))).toEqual([]);
    expect(wrong.length).toBeGreaterThan(0);
  });

  it('may have one of the device’s own', () => {
    expect(() => requireFields(setEMail.body, [{ own: { a: 1 } }], { own: { a: 2 } })).not.toThrow();
    expect(() => requireFields(setEMail.body, [{}], { interval: 5 })).not.toThrow();
    expect(() => requireFields(setEMail.body, [{ own: { a: 1 } }], { own: { b: 2 } })).toThrow('own/b');
  });
});

describe('Settings of something else', () => {
  const nvr = withNvr();
  const pairOf = (name: string) => settingsPairs.find((pair) => pair.name === name) as (typeof settingsPairs)[number];
  const written = () => nvr.nvr.requests.map(({ path }) => path).filter((path) => /\/(set|update)/.test(path));
  const refused = (path: string) => expect.objectContaining({ code: 'INVALID_PARAMETER', path });

  it.each<[string, unknown, string]>([
    ['a reading of other settings', { http_port: 80, smpt_port: 25 }, 'smpt_port'],
    ['a file that was not read as JSON', Buffer.from('{"http_port":80}'), 'saved'],
  ])('are not restored: %s', async (_, saved, path) => {
    await expect(restoreSettings(nvr.client, pairOf('Port'), {}, saved)).rejects.toEqual(refused(path));
    expect(written()).toEqual([]);
  });

  it('are not written to another channel than was asked for', async () => {
    const camera = pairOf('Camera');
    const saved = (await readSettings(nvr.client, camera, { ChannelID: 2 })) as object;
    for (const write of [restoreSettings, patchSettings]) {
      await expect(write(nvr.client, camera, { ChannelID: 1 }, saved)).rejects.toEqual(refused('ChannelID'));
    }
    expect(written()).toEqual([]);
    await patchSettings(nvr.client, camera, { ChannelID: 2 }, { DeviceName: 'Lobby' });
    expect(await restoreSettings(nvr.client, camera, { ChannelID: 2 }, saved)).toEqual(saved);
    expect(written()).toEqual(['/device/updateCamera', '/device/updateCamera']);
  });
});
