import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { allActions } from '../../src/node-red/actions/index.js';
import { wholeForms } from '../../src/node-red/editor/whole-forms.js';
import { type FormsDocument, forms, formsDocument } from '../../src/node-red/form.js';
import { literalFits } from '../../src/node-red/editor/requirements.js';
import { kindOf, readText } from '../../src/shared/values/index.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations } from '../../src/shared/sdk/index.js';
import { parametersOf } from '../../src/shared/sdk/parameters.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { samples } from '../samples/index.js';
import { prepare } from '../simulator/prepare.js';
import { Visitor } from '../simulator/visitor.js';
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
