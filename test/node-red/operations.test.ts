import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { allActions } from '../../src/node-red/actions/index.js';
import { wholeForms } from '../../src/node-red/editor/whole-forms.js';
import { type FormsDocument, forms, formsDocument } from '../../src/node-red/form.js';
import { literalFits } from '../../src/node-red/editor/requirements.js';
import { kindOf, readText } from '../../src/shared/values/index.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations, sockets } from '../../src/shared/sdk/index.js';
import { parametersOf } from '../../src/shared/sdk/parameters.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { samples } from '../samples/index.js';
import { prepare } from '../simulator/prepare.js';
import { Visitor } from '../simulator/visitor.js';
import { until } from '../support/until.js';
import { recordedTime } from '../simulator/recorded.js';
import { credentials, helper, inbox, type Message, nvrNode, palette } from './support/palette.js';
import { api, catcher, out, tab } from './support/runtime.js';

const data = JSON.parse(JSON.stringify(forms())) as ReturnType<typeof forms>;
const parameters = data.actions.flatMap(({ id, parameters }) =>
  parameters.map((parameter) => ({ title: `${id} ${parameter.name}`, id, ...parameter })),
);

/** A value as a person would write it into a row. */
function written(value: unknown): string {
  if (value === '') return '""';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

describe('the form of each operation', () => {
  it.each(Object.values<Operation>(operations))('$id has a row for each parameter', (operation) => {
    const form = data.actions.find(({ id }) => id === operation.id);
    const rows = parametersOf(operation).map(({ name, required }) => ({ name, required }));
    expect(form?.parameters.map(({ name, required }) => ({ name, required }))).toEqual(rows);
    for (const { schema } of form?.parameters ?? []) {
      expect(schema).toMatchObject({ title: expect.stringMatching(/\S/), description: expect.stringMatching(/\S/) });
    }
  });

  it.each(parameters.filter(({ example }) => example !== undefined))(
    '$title has an example that can be sent',
    ({ name, schema, required, example = '' }) => {
      expect([...Value.Errors(schema, readText(schema, example))]).toEqual([]);
      expect(literalFits({ name, schema, required }, example, required)).toBe(true);
    },
  );

  it.each(parameters.filter(({ schema }) => 'default' in schema))('$title has a valid default', ({ schema }) => {
    expect(Value.Check(schema, (schema as { default?: unknown }).default)).toBe(true);
  });

  it.each(parameters.filter(({ schema }) => kindOf(schema) === 'json'))(
    '$title, which is structured, starts from an example, unless nothing is known of it',
    ({ schema, example }) => {
      expect(example !== undefined).toBe('type' in schema || 'itemNames' in schema);
    },
  );

  it('hides what is typed for a password', () => {
    const passwords = parameters.filter(({ name }) => /password|pwd/i.test(name));
    expect(passwords.length).toBeGreaterThan(4);
    expect(passwords.filter(({ schema }) => (schema as { format?: string }).format !== 'password')).toEqual([]);
  });

  it('is loaded in one small document', () => {
    const document = JSON.stringify(formsDocument());
    expect(document.length).toBeLessThan(300_000);
    expect(wholeForms(JSON.parse(document) as FormsDocument)).toEqual(data);
  });
});

/** Logging in and out is the driver's own. */
const callable = samples
  .filter(({ operation }) => !['getLoginParameters', 'login', 'logout'].includes(operation))
  .map((sample, index) => ({ ...sample, name: `${sample.operation} (${index})` }));

describe('a node with the sample of the document', () => {
  beforeAll(() => helper.startServer());
  afterAll(() => helper.stopServer());

  it('exists for every operation', () => {
    const sampled = new Set(callable.map(({ operation }) => operation));
    const others = Object.keys(operations).filter((id) => !sampled.has(id as keyof typeof operations));
    expect(others).toEqual(['getLoginParameters', 'login', 'logout']);
  });

  it.each(callable)('$name brings the reply', async (sample) => {
    await using simulator = await Simulator.start();
    const visitor = await Visitor.loggedIn(simulator);
    const params = await prepare(sample, visitor);
    const operation: Operation = operations[sample.operation];
    const action = allActions.find(({ id }) => id === sample.operation);
    const rows = Object.entries(params).map(([name, value]) => {
      const parameter = action?.parameters.find((other) => other.name === name);
      const row = { type: 'literal', value: written(value) };
      expect(parameter && literalFits(parameter, row.value, parameter.required)).toBe(true);
      return [name, row];
    });
    const node = { ...api, operation: sample.operation, params: Object.fromEntries(rows), confirm: true };
    const catching = { ...catcher, wires: [['out']] };
    await helper.load(palette, [tab, nvrNode(simulator), node, out, catching], credentials());
    try {
      const box = inbox('out');
      helper.getNode('api').receive({ topic: 'T' });
      const message = await box.next();
      expect(message.error).toBeUndefined();
      expect(message).toMatchObject({ topic: 'T', everfocus: { operation: sample.operation } });
      expectReply(operation, message);
      expect(simulator.refused).toEqual([]);
    } finally {
      await helper.unload();
    }
  });
});

/** Where a row takes its value from, and how: of `msg.given`, or of what is stored below its name. */
const sources: Readonly<Record<string, (name: string) => { readonly type: string; readonly value: string }>> = {
  msg: (name) => ({ type: 'msg', value: `given["${name}"]` }),
  flow: (name) => ({ type: 'flow', value: `given["${name}"]` }),
  global: (name) => ({ type: 'global', value: `given["${name}"]` }),
  env: (name) => ({ type: 'env', value: `EVERFOCUS_${name}` }),
  jsonata: (name) => ({ type: 'jsonata', value: `$lookup(given, "${name}")` }),
};

/** One sample of each operation: the one that says most. */
const fullest = Object.values(Object.groupBy(callable, ({ operation }) => operation)).map((samples) => {
  const size = ({ params = {} }: (typeof callable)[number]) => Object.keys(params).length;
  return samples.reduce((one, other) => (size(other) > size(one) ? other : one));
});

/** What cannot be done twice in one go at one NVR: it has another account, camera or preset then, or starts anew. */
const onlyOnce: readonly string[] = [
  ...['setAdminAccount', 'setUser', 'addCamera', 'deleteCamera', 'updateCamera', 'removePreset', 'playbackControl'],
  ...['shutdown', 'reboot', 'loadDefault', 'restoreConfig'],
];

describe('a node whose rows are not literal', () => {
  beforeAll(() => helper.startServer());
  afterAll(() => helper.stopServer());

  /** Has a fresh NVR do the operation for a node with each of those sources, and then refuse it to others. */
  async function expectDone(
    sample: (typeof callable)[number],
    sourcesOfDone: readonly string[],
    sourcesOfRefused: readonly string[],
  ): Promise<void> {
    await using simulator = await Simulator.start();
    const operation: Operation = operations[sample.operation];
    const visitor = await Visitor.loggedIn(simulator);
    let given = await prepare(sample, visitor);
    const used = parametersOf(operation).flatMap(({ name }) => (given[name] === undefined ? [] : [name]));
    const nodes = [...new Set([...sourcesOfDone, ...sourcesOfRefused])].map((id) => {
      const row = sources[id];
      const params = row
        ? Object.fromEntries(used.map((name) => [name, row(name)]))
        : { params: { type: 'msg', value: 'given' } };
      return { ...api, id, operation: row ? sample.operation : 'msg.operation', confirm: true, params };
    });
    const catching = { ...catcher, wires: [['out']] };
    await helper.load(palette, [tab, nvrNode(simulator), ...nodes, out, catching], credentials());
    const box = inbox('out');
    const tell = (id: string) => {
      const { flow, global } = (helper.getNode(id) as unknown as { context(): Contexts }).context();
      for (const context of [flow, global]) context.set('given', given);
      for (const name of used) process.env[`EVERFOCUS_${name}`] = written(given[name]);
      helper.getNode(id).receive({ given, operation: sample.operation });
      return box.next();
    };
    try {
      for (const id of sourcesOfDone) {
        const message = await tell(id);
        expect({ id, error: message.error }).toEqual({ id, error: undefined });
        expectReply(operation, message);
        if (nodes.length > 1) given = await prepare(sample, visitor);
      }
      simulator.faults.errorReplies = true;
      for (const id of sourcesOfRefused) {
        expect((await tell(id)).error).toMatchObject({ code: 'NVR_REFUSED', source: { id } });
      }
      expect(simulator.refused).toEqual([]);
    } finally {
      for (const name of used) Reflect.deleteProperty(process.env, `EVERFOCUS_${name}`);
      await helper.unload();
    }
  }

  it.each(fullest)('$operation: parameters come from every source, errors go to a Catch node', async (sample) => {
    const ids = [...Object.keys(sources), 'message'];
    if (!onlyOnce.includes(sample.operation)) return expectDone(sample, ids, ['msg']);
    for (const id of ids) await expectDone(sample, [id], []);
    await expectDone(sample, [], ['msg']);
  });
});

const place = { z: 'flow', x: 0, y: 0, nvr: 'nvr', version: 1, wires: [['out']] };
const literals = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: 'literal', value }]));

/** The node that opens each WebSocket of the document, as it is deployed, and the message that it needs for that. */
const ways: Readonly<Record<string, { readonly node: object; readonly message?: object }>> = {
  eventHook: { node: { type: 'everfocus-camera-event', kinds: 'motion' } },
  cameraStatusHook: { node: { type: 'everfocus-camera-event', kinds: 'online' } },
  metaHook: { node: { type: 'everfocus-nvr-event', kinds: 'metadata' } },
  exceptionListen: { node: { type: 'everfocus-nvr-event', kinds: 'exception' } },
  messageListen: { node: { type: 'everfocus-nvr-event', kinds: 'settings' } },
  live: { node: { type: 'everfocus-live', camera: '2', output: 'frames' } },
  playback: {
    node: {
      ...{ type: 'everfocus-recordings', operation: 'playRecording' },
      params: literals({ camera: '2', from: recordedTime(2).toISOString() }),
    },
    message: {},
  },
  audioBackchannel: {
    node: {
      type: 'everfocus-talk',
      operation: 'speak',
      params: { ...literals({ camera: '2' }), audio: { type: 'msg', value: 'payload' } },
    },
    message: { payload: Buffer.alloc(800, 1) },
  },
};

describe('each WebSocket of the document', () => {
  beforeAll(() => helper.startServer());
  afterAll(() => helper.stopServer());

  it('has a node, or is another way to do what an operation does', () => {
    const byCall = new Set(Object.values<Operation>(operations).map(({ path }) => path));
    const others = Object.values(sockets).filter(
      ({ path, traffic }) => traffic !== 'messages-out' || !byCall.has(path),
    );
    expect(others.map(({ id }) => id).sort()).toEqual(Object.keys(ways).sort());
  });

  it.each(Object.entries(ways))('%s is opened by its node, once, and closed with it', async (id, { node, message }) => {
    await using simulator = await Simulator.start();
    const path = new RegExp(`^${sockets[id as keyof typeof sockets].path.replace(/\{\w+\}/g, '\\d+')}$`);
    const opened = () => simulator.requests.filter((request) => request.upgrade && path.test(request.path));
    await helper.load(palette, [tab, nvrNode(simulator), { ...place, id: 'node', ...node }, out], credentials());
    try {
      if (message) helper.getNode('node').receive(message);
      await until(`${id} to be open`, () => opened().length > 0);
      expect(opened()).toHaveLength(1);
    } finally {
      await helper.unload();
    }
    await until('no socket to be open', () => simulator.openSockets === 0);
  });
});

interface Contexts {
  readonly flow: { set(name: string, value: unknown): void };
  readonly global: { set(name: string, value: unknown): void };
}

function expectReply({ reply }: Operation, { payload }: Message): void {
  switch (reply.as) {
    case 'json':
    case 'result':
      return expect([...Value.Errors(reply.schema, payload)]).toEqual([]);
    case 'status':
      return expect(payload).toMatchObject({ Result: 'OK' });
    case 'any':
      return expect(payload).toBeDefined();
    case 'bytes':
    case 'stream':
      return expect((payload as Buffer).toString('hex', 0, reply.magic.length / 2)).toBe(reply.magic);
    case 'file':
      return expect(Buffer.isBuffer(payload) && payload.length > 0).toBe(true);
  }
}
