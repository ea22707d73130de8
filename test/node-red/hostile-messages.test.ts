import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { actionsByType } from '../../src/node-red/actions/index.js';
import { randomNumbers } from '../support/mutations.js';
import { helper, inbox, type Message, until } from './support/palette.js';
import { deploy, logged, withRuntime } from './support/runtime.js';

// What a flow may put into a message: each ends with a reply, or with one error and its code at the Catch node.

const simulator = withRuntime();
const place = { z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out'], ['out']], version: 1 };

const refuses = () => {
  throw new Error('it refuses to be looked at');
};
const proxy = () => new Proxy({}, new Proxy({}, { get: () => refuses }));
const nested = (depth: number, wrap: (inner: unknown) => unknown) => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
};
const cyclic = () => {
  const made: Record<string, unknown> = { channel: 1, command: 'play', value: 'on' };
  return Object.assign(made, { self: made, list: [made] });
};
const withGetter = (...names: string[]) =>
  Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: refuses, enumerable: true }])));

/** By what they are. */
const odd: Readonly<Record<string, () => unknown>> = {
  'no number': () => NaN,
  infinity: () => -Infinity,
  'a huge number': () => 1e308,
  'a negative number': () => -1,
  'a half': () => 0.5,
  'nothing at all': () => null,
  blanks: () => '  ',
  'a long text': () => 'x'.repeat(100_000),
  'control characters': () => 'a\0b\r\nc',
  'a prototype': () =>
    JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{}},"command":"seek","time":{},"value":1}') as unknown,
  'a deep list': () => nested(5000, (inner) => [inner]),
  'a deep object': () => nested(5000, (inner) => ({ a: inner })),
  'what holds itself': cyclic,
  'many numbers': () => Array.from({ length: 10_000 }, (_, index) => index),
  'many texts': () => Array.from({ length: 10_000 }, (_, index) => `camera ${index}`),
  'no Date': () => new Date(NaN),
  'the last Date': () => new Date(8.64e15),
  'a Date before all': () => new Date(-1),
  'what says that it is a Date': () => Object.create(Date.prototype) as unknown,
  'what says that it is a Buffer of a GB': () =>
    Object.create(Buffer.prototype, { length: { value: 2 ** 30 }, byteLength: { value: 2 ** 30 } }) as unknown,
  'no bytes': () => Buffer.alloc(0),
  'other bytes': () => new Float64Array(4),
  'a time beyond all': () => 8.64e15 + 1,
  'the year 1900': () => '1900-01-01',
  'years from now': () => '+999999999w',
  'a symbol': () => Symbol('odd'),
  'a bigint': () => 5n,
  'a function': () => refuses,
  'a proxy': proxy,
  'a list of such': () => [proxy()],
  'a list of symbols': () => [Symbol('odd')],
  'a list that refuses': () => Object.defineProperty([], 0, { get: refuses, enumerable: true }),
  'an object that refuses': () => withGetter('command', 'value', 'channel', 'a'),
  'what is no text': () => ({ toString: refuses, valueOf: refuses, command: { toString: refuses } }),
  'no JSON': () => ({ toJSON: refuses, a: 1 }),
  'a promise without end': () => ({ then: () => undefined }),
  'a promise that refuses': () => ({ then: refuses }),
  'no prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  'what cannot be changed': () => Object.freeze({ value: 1, list: Object.freeze([]) }),
};

/** What came of messages, by their ids. */
function endings(): { of(id: string): string | undefined } {
  const ended = new Map<string, string>();
  const code = ({ error }: Message) => error?.code ?? `no code: ${error?.message}`;
  helper.getNode('out').on('input', (message) => ended.set(String(message['_msgid']), 'a reply'));
  helper.getNode('caught').on('input', (message) => ended.set(String(message['_msgid']), code(message)));
  return { of: (id) => ended.get(id) };
}

/** A node of each action, whose rows take everything from the message. It does no harm to whoever has to go on. */
const nodes = Object.entries(actionsByType).flatMap(([type, actions]) =>
  actions
    .filter(({ id }) => id !== 'getClip' && id !== 'setAdminAccount')
    .map(({ id: operation, parameters }) => ({
      ...{ id: `${type} ${operation}`, type, ...place, operation, confirm: false },
      params: Object.fromEntries(parameters.map(({ name }) => [name, { type: 'msg', value: `own["${name}"]` }])),
    })),
);
/** What nearly every action takes. */
const usual = {
  ...{ ChannelID: 1, camera: 1, channel: 1, from: '-1h', to: 'now' },
  ...{ pin: 5, value: 'on', direction: 'up', presets: ['1'] },
};
const random = randomNumbers(20_261_128);

describe('whatever a message holds', () => {
  const types = [...new Set(nodes.map(({ type }) => type))];

  it.each(types)('%s answers it, or says by its code what is wrong', async (type) => {
    const own = nodes.filter((node) => node.type === type && Object.keys(node.params).length > 0);
    await deploy(simulator(), ...own);
    const ended = endings();
    const sent: string[] = [];
    for (const [what, make] of Object.entries(odd)) {
      const node = own[random(own.length)];
      const names = Object.keys(node?.params ?? {});
      const name = names[random(names.length)] ?? '';
      const all = Object.fromEntries(names.map((each) => [each, make()]));
      const _msgid = `${node?.id}, ${name}: ${what}`;
      sent.push(_msgid);
      // The others are well, nearly always.
      helper.getNode(node?.id ?? '').receive({ _msgid, own: { ...(random(4) > 0 ? usual : all), [name]: make() } });
      // Not all at once: some would be too many for the NVR.
      await until(() => ended.of(_msgid) !== undefined);
    }
    const wrong = sent.filter((id) => !/^(a reply|(?!ERR)[A-Z_]+)$/.test(ended.of(id) ?? ''));
    expect(wrong.map((id) => [id, ended.of(id)])).toEqual([]);
  });
});

describe('a message that cannot be copied', () => {
  const read = { id: 'read', type: 'everfocus-call', ...place, operation: 'getSystemInfo', params: {}, confirm: false };
  const search = {
    id: 'search',
    type: 'everfocus-discover',
    ...place,
    seconds: '0.05',
    address: '127.0.0.1',
    udpPort: '9',
  };
  const live = { id: 'live', type: 'everfocus-live', ...place, camera: '1', output: '', autostart: false };
  const parts = { deep: nested(20_000, (inner) => [inner]), getter: withGetter('a'), proxy: proxy() };

  it.each(Object.entries(parts))('%s: its error reaches Catch nodes, and the runtime goes on', async (_, part) => {
    const bad = { id: 'bad', type: 'everfocus-call', ...place, operation: 'none', params: {}, confirm: false };
    const broken = { id: 'broken', type: 'everfocus-call', ...place, nvr: 'nowhere', operation: 'none', params: {} };
    await deploy(simulator(), bad, broken, live);
    const failures = inbox('caught');
    const sent = [
      ['bad', 'UNKNOWN_OPERATION'],
      ['broken', 'NOT_CONFIGURED'],
      ['live', 'INVALID_PARAMETER'],
    ] as const;
    for (const [id, code] of sent) {
      helper.getNode(id).receive({ _msgid: id, payload: 'none', part });
      expect(await failures.next()).toMatchObject({ _msgid: id, error: { code } });
    }
  });

  it.each(Object.entries(parts))('%s: goes on by one wire, and is an error where there are two', async (_, part) => {
    const two = { ...read, id: 'two', wires: [['out', 'out']] };
    await deploy(simulator(), read, two, search, { ...search, id: 'search two', wires: [['out', 'out']] });
    const [box, failures] = [inbox('out'), inbox('caught')];
    for (const id of ['read', 'search']) helper.getNode(id).receive({ _msgid: id, part });
    expect([(await box.next())['_msgid'], (await box.next())['_msgid']].sort()).toEqual(['read', 'search']);
    for (const id of ['two', 'search two']) {
      helper.getNode(id).receive({ _msgid: id, part });
      expect(await failures.next()).toMatchObject({ _msgid: id, error: { code: 'INVALID_OUTPUT' } });
    }
    helper.getNode('read').receive({ _msgid: 'last' });
    await until(() => box.messages.some((message) => message['_msgid'] === 'last'));
  });

  it.each(Object.entries(parts))('%s: is an error with a code where Complete nodes wait for it', async (_, part) => {
    const complete = { id: 'complete', type: 'complete', ...place, scope: ['read', 'search'], wires: [[]] };
    await deploy(simulator(), read, search, complete);
    const failures = inbox('caught');
    for (const id of ['read', 'search']) {
      helper.getNode(id).receive({ _msgid: id, part });
      expect(await failures.next()).toMatchObject({ _msgid: id, error: { code: 'INVALID_OUTPUT' } });
    }
  });

  it('nor changed is an error, and one whose fields refuse to be read', async () => {
    await deploy(simulator(), read, { ...read, id: 'named', operation: 'msg.operation', nvr: 'msg.nvr' });
    const failures = inbox('caught');
    helper.getNode('read').receive(Object.freeze({ _msgid: 'frozen' }));
    expect((await failures.next()).error?.code).toBe('INVALID_OUTPUT');
    helper.getNode('named').receive(Object.assign(withGetter('operation', 'nvr'), { _msgid: 'refusing' }));
    expect(await failures.next()).toMatchObject({ _msgid: 'refusing', error: { code: expect.any(String) } });
    expect(logged()).not.toMatch(/\n\s+at /);
  });
});

describe('files that messages name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-messages-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const of = (name: string) => join(folder, name);
  execFileSync('mkfifo', [of('pipe')]);
  mkdirSync(of('folder'));
  symlinkSync(of('pipe'), of('link to a pipe'));
  symlinkSync(of('nothing'), of('link to nothing'));
  symlinkSync(of('itself'), of('itself'));
  writeFileSync(of('empty'), '');
  // It says more than it has on the disk.
  writeFileSync(of('enormous'), '');
  truncateSync(of('enormous'), 2 ** 40);
  const bad = [
    'pipe',
    'folder',
    'link to a pipe',
    'link to nothing',
    'itself',
    'empty',
    'enormous',
    'folder/../pipe/x',
  ];
  const row = (value: string) => ({ type: 'msg', value });

  it('are no sound where they are no files of some size; a pipe is not waited for', async () => {
    const params = { camera: { type: 'literal', value: '1' }, file: row('file') };
    await deploy(simulator(), { id: 'speak', type: 'everfocus-talk', ...place, operation: 'speak', params });
    const failures = inbox('caught');
    // More at once than Node has threads for files.
    const files = [...Array.from({ length: 8 }, () => 'pipe'), ...bad].map(of);
    for (const file of [...files, 'x'.repeat(100_000), 'a\0b']) helper.getNode('speak').receive({ file });
    for (let count = 0; count < files.length + 2; count += 1) {
      const { error } = await failures.next();
      expect(error?.code).toBe('INVALID_PARAMETER');
      expect(error?.message.length).toBeLessThan(2100);
    }
  });

  it('are left as they are where no clip can take their place', async () => {
    const params = {
      camera: { type: 'literal', value: '1' },
      from: { type: 'literal', value: '-1m' },
      file: row('file'),
    };
    const clip = { ...place, operation: 'getClip', params: { ...params, format: { type: 'literal', value: 'avi' } } };
    await deploy(simulator(), { id: 'clip', type: 'everfocus-recordings', ...clip });
    const failures = inbox('caught');
    const before = readdirSync(folder).sort();
    for (const name of ['pipe', 'folder', 'link to a pipe', 'folder/no/such', 'x'.repeat(100_000), 'a\0b']) {
      helper.getNode('clip').receive({ file: of(name) });
      const { error } = await failures.next();
      expect(error?.code).toMatch(/^[A-Z_]+$/);
      expect(error?.message.length).toBeLessThan(2100);
    }
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
