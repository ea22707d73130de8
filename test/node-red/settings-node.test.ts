import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { differences } from '../../src/cli/settings/compare.js';
import { settingsActions } from '../../src/node-red/actions/settings.js';
import { fieldsOf, valuesOf } from '../../src/node-red/actions/settings-fields.js';
import { encoderOffers } from '../../src/node-red/nodes/settings/editor/encoder.js';
import { operations, type Operation, type SettingsPair, settingsPairs } from '../../src/shared/index.js';
import { fits, optionsOf, readText, type Shape } from '../../src/shared/values/index.js';
import { namesOf } from '../samples/settings-names.js';
import { credentials, helper, inbox, type Message, nvrNode, palette } from './support/palette.js';
import { caught, catcher, out, tab } from './support/runtime.js';

let simulator: Simulator;
beforeAll(async () => {
  await helper.startServer();
  simulator = await Simulator.start();
});
afterAll(async () => {
  await simulator.stop();
  await helper.stopServer();
});
afterEach(() => helper.unload());

type Row = { readonly type: string; readonly value: string };
const literal = (value: unknown): Row => ({
  type: 'literal',
  value: typeof value === 'string' ? value || '""' : JSON.stringify(value),
});
const literals = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, literal(value)]));

const settings = (operation: string, params: Record<string, Row>, more: object = {}) => ({
  ...{ id: operation, type: 'everfocus-settings', z: 'flow', x: 0, y: 0, nvr: 'nvr', version: 1 },
  ...{ operation, params, output: 'payload', confirm: true, wires: [['out']], ...more },
});

/** Deploys settings nodes, each by its operation. @returns what sends a message through one of them */
async function deploy(...nodes: { readonly id: string }[]): Promise<(id: string, msg?: object) => Promise<Message>> {
  const catching = { ...catcher, wires: [['out']] };
  await helper.load(palette, [tab, nvrNode(simulator), ...nodes, out, catching, caught], credentials());
  const box = inbox('out');
  return (id, msg = {}) => {
    helper.getNode(id).receive(msg);
    return box.next();
  };
}

/** Another value than the one that there is. */
function another(schema: Shape, now: unknown): unknown {
  const options = (optionsOf(schema) ?? []).map((text) => readText(schema, text));
  const { minimum = 0, maximum = Infinity } = schema;
  if (schema.itemNames) return { monday: '+-'.repeat(24) };
  if (options.length > 0) return options.find((option) => option !== now);
  if (Array.isArray(now)) return now.slice(1);
  if (typeof now === 'boolean') return !now;
  if (typeof now === 'number') return now < maximum ? now + 1 : minimum;
  if (typeof now === 'string') return /^\d+$/.test(now) ? String(Number(now) - 1) : `${now}x`;
  return undefined;
}

/** What is changed where the first row does not do: the simulator knows what can be, the declaration does not. */
const chosen: Readonly<Record<string, string>> = {
  DiskGroups: 'rec_channels',
  User: 'permissions/log_search',
  Storages: 'active',
  NetworkInterfaces: 'NetworkInterfaces/MTU',
  NTP: 'NTPInformation/NTPManual/Type',
  VideoEncoderConfiguration: 'Configuration/Quality',
};

describe.each(settingsPairs)('$name', (pair: SettingsPair) => {
  it('is read, changed in one row, and restored', async () => {
    const rows = fieldsOf(pair);
    const names = literals(namesOf(pair));
    const read = settings(`${pair.name}.read`, names);
    const restore = settings(`${pair.name}.restore`, { ...names, saved: { type: 'msg', value: 'payload' } });
    let send = await deploy(read, restore);
    const { payload: before, error } = await send(read.id);
    expect(error).toBeUndefined();

    const keys = keysIn(pair, before);
    const values = valuesOf(rows, keys, steady(pair, before));
    const field = rows.fields.find(({ name, schema }) => {
      const change = another(schema, values[name]);
      return (chosen[pair.name] ?? name) === name && name in values && change !== undefined && fits(schema, change);
    });
    if (!field) throw new Error(`no row of ${pair.name} can be changed`);
    const wanted = another(field.schema, values[field.name]);
    const change = settings(`${pair.name}.change`, { ...names, ...literals({ ...keys, [field.name]: wanted }) });
    await helper.unload();
    send = await deploy(read, change, restore);

    const from = simulator.requests.length;
    expect((await send(change.id)).error).toBeUndefined();
    const { payload: changed } = await send(read.id);
    const now = valuesOf(rows, keys, steady(pair, changed));
    const expected = (field.schema as Shape).itemNames
      ? (values[field.name] as string[]).map((line, day) => (day === 1 ? '+-'.repeat(24) : line))
      : wanted;
    expect(now).toEqual({ ...values, [field.name]: expected });
    // Nothing else has changed, of no other camera either.
    const changes = differences(before, changed).filter(({ path }) => !/^(local)?time$|^status$/.test(path));
    expect(changes).toHaveLength([namesOf(pair)['ChannelID']].flat().length);

    expect((await send(restore.id, { payload: before })).error).toBeUndefined();
    expect(steady(pair, (await send(read.id)).payload)).toEqual(steady(pair, before));
    const written = simulator.requests.slice(from).filter(({ path }) => path === pair.write.path);
    expect(written).toHaveLength(2);
  });
});

it('the pairs are all that the document reads and writes: what else is set has nothing to be read, or is no setting', () => {
  const pairs = settingsPairs.map(({ write }) => write.id);
  const setters = Object.values<Operation>(operations)
    .filter(({ id, effect }) => effect !== 'read' && /^(set|update)/.test(id))
    .map(({ id }) => id);
  // A place of a camera (2.10), the first password (10.4), and cameras as they are added (2.7; their settings are 2.6).
  expect(setters.filter((id) => !pairs.includes(id)).sort()).toEqual(['setAdminAccount', 'setCamera', 'setPreset']);
});

/** What names the first item of settings that are those of all cameras, pins or disks. */
function keysIn({ keys }: SettingsPair, reading: unknown): Record<string, unknown> {
  const list = [reading, ...Object.values(reading as object)].find((each) => Array.isArray(each)) ?? [];
  const item = (list as Record<string, unknown>[])[0] ?? {};
  return Object.fromEntries(keys.flatMap((key) => (key in item ? [[key, item[key]]] : [])));
}

/** Settings without what goes on by itself. */
function steady({ passing }: SettingsPair, reading: unknown): unknown {
  if (typeof reading !== 'object' || reading === null || Array.isArray(reading)) return reading;
  return Object.fromEntries(Object.entries(reading).filter(([name]) => !passing.includes(name)));
}

describe('A settings node', () => {
  const week = { GroupID: literal('Record'), ChannelID: literal(2) };
  const alarm = { alarmType: literal('Motion') };

  it.each<[string, string, Record<string, Row>, object, string, string]>([
    [
      'a value that does not fit',
      'EMail.change',
      { smpt_port: literal(70_000) },
      {},
      'INVALID_PARAMETER',
      'smpt_port: ',
    ],
    [
      'a week of too few half-hours, by its row',
      'ScheduleByGroup.change',
      { ...week, 'Motion/Map': literal({ monday: '+' }) },
      {},
      'INVALID_PARAMETER',
      'Motion/Map: ',
    ],
    [
      'no camera',
      'AlarmSettings.change',
      { ...alarm, 'setting/buzzer': literal(5) },
      {},
      'INVALID_PARAMETER',
      'channel: ',
    ],
    [
      'a camera that is not there',
      'AlarmSettings.change',
      { ...alarm, channel: literal(40), 'setting/buzzer': literal(5) },
      {},
      'INVALID_PARAMETER',
      'channel: ',
    ],
    [
      'both rows and an object of changes',
      'EMail.change',
      { interval: literal(600), patch: { type: 'msg', value: 'payload' } },
      { payload: { interval: 900 } },
      'INVALID_PARAMETER',
      'patch: ',
    ],
    [
      'what can lock out, unless it is confirmed',
      'Port.change',
      { http_port: literal(81) },
      {},
      'CONFIRMATION_REQUIRED',
      'Port.change ',
    ],
  ])('refuses %s, and writes nothing', async (_, operation, params, msg, code, start) => {
    const send = await deploy(settings(operation, params, { confirm: false }));
    const from = simulator.requests.length;
    const { error } = await send(operation, msg);
    expect(error).toMatchObject({ code, message: expect.stringContaining(start) });
    expect(simulator.requests.slice(from).filter(({ path }) => /\/set/i.test(path))).toEqual([]);
  });

  it('changes days of a week by their names, and nothing else', async () => {
    const change = { 'Motion/Map': { type: 'msg', value: 'payload' } };
    const nodes = [settings('ScheduleByGroup.read', week), settings('ScheduleByGroup.change', { ...week, ...change })];
    const send = await deploy(...nodes);
    const { payload: before } = await send('ScheduleByGroup.read');
    const sunday = '-'.repeat(48);
    const { error, everfocus } = await send('ScheduleByGroup.change', { payload: { sunday } });
    expect(error).toBeUndefined();
    expect(everfocus).toMatchObject({ operation: 'ScheduleByGroup.change', nvr: 'Office', channel: 2 });
    const { payload: after } = await send('ScheduleByGroup.read');
    expect(differences(before, after)).toEqual([{ path: 'Motion/Map/0', from: '+'.repeat(48), to: sunday }]);
  });

  it('takes changes as one object from the message', async () => {
    const send = await deploy(
      settings('EMail.read', {}),
      settings('EMail.change', { patch: { type: 'msg', value: 'payload' } }),
    );
    const { payload: before } = await send('EMail.read');
    const { payload: after } = await send('EMail.change', { payload: { interval: 1234 } });
    expect(after).toEqual({ ...(before as object), interval: 1234 });
    expect((await send('EMail.read')).payload).toEqual(after);
  });

  it('does one operation for each message where messages name it', async () => {
    const params = { params: { type: 'msg', value: 'params' } };
    const send = await deploy({ ...settings('msg.operation', params), id: 'any' });
    const change = { operation: 'ScheduleByGroup.change', params: { ChannelID: 1, GroupID: 'FTP', patch: {} } };
    expect((await send('any', change)).payload).toMatchObject({ Motion: { Map: expect.any(Array) } });
    expect((await send('any', { operation: 'EMail.read', params: {} })).payload).toHaveProperty('interval');
    expect(await send('any', { operation: 'EMail.change', params: { intervall: 5 } })).toMatchObject({
      error: { message: expect.stringContaining('intervall: EMail.change has no such parameter') },
    });
  });
});

describe('Load from NVR', () => {
  const load = async (path: string) => {
    await deploy();
    return helper.request().get(`/everfocus-nvr/nvr/settings/${path}`);
  };

  it('tells what each row would hold', async () => {
    const { status, body } = await load('AlarmSettings?alarmType=GPIO&alarmIn=1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      values: { 'setting/buzzer': expect.any(Number), 'setting/alarmOut/Pin': expect.any(Array) },
      settings: { settings: expect.any(Array) },
    });
  });

  it('tells what the camera offers, by the rows of its encoder', async () => {
    const { body } = await load('VideoEncoderConfiguration?ch=1&mainsub=main');
    const offers = encoderOffers((body as { settings: unknown }).settings, undefined);
    const rows = settingsActions.find(({ id }) => id === 'VideoEncoderConfiguration.change')?.parameters;
    for (const { row, choices } of offers) {
      const names = [row, ...choices.flatMap(({ fills }) => Object.keys(fills))];
      expect(rows?.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    }
    expect(offers).toHaveLength(8);
    const [codec, size] = offers;
    expect(codec?.choices).toEqual([{ label: 'H264', fills: { 'Configuration/Encoding': 'H264' } }]);
    expect(size?.choices).toContainEqual({
      label: '1920 × 1080',
      fills: { 'Configuration/Resolution/Width': '1920', 'Configuration/Resolution/Height': '1080' },
    });
    expect(offers.find(({ row }) => row.endsWith('BitrateLimit'))).toMatchObject({
      range: expect.stringMatching(/^\d+ – \d+$/),
    });
  });

  it.each([[undefined], [null], [[]], [[5]], [{ Options: 7 }], [[{ Options: { codecs: [null, { params: 'x' }] } }]]])(
    'of a camera that offers nothing of sense: %j',
    (settings) => {
      expect(encoderOffers(settings, 'H264')).toEqual([]);
    },
  );

  it('tells no password', async () => {
    const { body } = await load('FTP');
    expect(body).toMatchObject({ values: { host: expect.any(String) } });
    expect(JSON.stringify(body)).not.toMatch(/password/i);
  });

  it.each([
    ['settings that there are not', 'Nothing', 'INVALID_PARAMETER'],
    ['no camera', 'ScheduleByGroup?GroupID=Record', 'INVALID_PARAMETER'],
    ['a camera that is not there', 'ScheduleByGroup?GroupID=Record&ChannelID=40', 'NVR_REFUSED'],
    ['an endless name', `ScheduleByGroup?GroupID=${'x'.repeat(2000)}`, 'INVALID_PARAMETER'],
  ])('of %s says why not', async (_, path, code) => {
    expect(await load(path)).toMatchObject({ status: 422, body: { code } });
  });
});

describe('The picture below the cells', () => {
  const picture = async (channel: string) => {
    await deploy();
    return helper.request().get(`/everfocus-nvr/nvr/picture/${channel}`);
  };

  it('is what the camera shows', async () => {
    const { status, body } = await picture('1');
    expect(status).toBe(200);
    expect((body as Buffer).toString('hex', 0, 2)).toBe('ffd8');
  });

  it.each(['0', '99', 'Nowhere'])('of no camera says why not: %s', async (channel) => {
    expect(await picture(channel)).toMatchObject({ status: 422, body: { code: expect.any(String) } });
  });
});

describe('The button of a settings node', () => {
  const press = (id: string) => helper.request().post(`/everfocus-nvr/run/${id}`).send({});

  it('does what the node does with an empty message', async () => {
    await deploy(settings('EMail.read', {}));
    const box = inbox('out');
    expect(await press('EMail.read')).toMatchObject({ status: 204 });
    expect((await box.next()).payload).toHaveProperty('interval');
  });

  it.each(['nvr', 'out', 'none'])('is that of no other node: %s', async (id) => {
    await deploy(settings('EMail.read', {}));
    expect(await press(id)).toMatchObject({ status: 404 });
  });
});

describe('Every setting of the SDK document', () => {
  /** What is set, and told by no read in a shape that fits. */
  const notSettings = {
    setAdminAccount: 'name and password of the administrator are told to nobody',
    setCamera: 'adds a camera; updateCamera changes it',
    setPreset: 'stores where a camera looks now',
  };

  it('is one of the pairs', () => {
    const writes = Object.values<Operation>(operations).filter(({ id }) => /^(set|update)[A-Z]/.test(id));
    const lacking = writes.filter(({ settings }) => settings === undefined).map(({ id }) => id);
    expect(lacking.sort()).toEqual(Object.keys(notSettings).sort());
  });
});

describe('the description of a change', () => {
  it('asks for no more than what changes', () => {
    const changes = settingsActions.filter(({ verb }) => verb === 'change');
    const greedy = changes.filter(({ description }) =>
      /\ball (that|the entries)\b|\bwhole\b|hand over/.test(description),
    );
    expect(changes.length).toBeGreaterThan(20);
    expect(greedy.map(({ id, description }) => `${id}: ${description}`)).toEqual([]);
  });
});
