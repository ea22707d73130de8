import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { asDeclared, readText, type Shape, writeText } from '../../src/shared/values/index.js';
import { allActions } from '../../src/node-red/actions/index.js';
import { isNeeded } from '../../src/node-red/editor/requirements.js';
import { StreamID } from '../../src/shared/sdk/fields.js';
import { pinManualSetting } from '../../src/shared/sdk/gpio.js';
import { findOperation } from '../../src/shared/sdk/index.js';
import { checkRows, readRows, type ReadSource, type Rows } from '../../src/node-red/rows/row.js';

const integer = Type.Integer();
const choice = Type.Enum(['Motion', 'Manual']);
const list = Type.Array(Type.Integer());
const either = Type.Union([Type.Integer({ maximum: 1 }), Type.Boolean()]);
const structures = Type.Union([Type.Object({ a: list }), Type.Array(Type.Object({}))]);

describe('text of a form or an environment variable', () => {
  it.each([
    ['an integer', integer, '3', 3],
    ['a number', Type.Number(), '0.5', 0.5],
    ['text where a number is due', integer, 'three', 'three'],
    ['blanks where a number is due', integer, '  ', '  '],
    ['a string', Type.String(), '3', '3'],
    ['true', Type.Boolean(), 'true', true],
    ['false', Type.Boolean(), 'false', false],
    ['anything else where yes or no is due', Type.Boolean(), 'yes', 'yes'],
    ['one of the choices', choice, 'Motion', 'Motion'],
    ['a choice that is a number', Type.Enum([1, 2]), '2', 2],
    ['none of the choices', choice, 'Rain', 'Rain'],
    ['a list', list, '[1, 2]', [1, 2]],
    ['a list of plain values, its items separated by commas', list, '1, 2,3', [1, 2, 3]],
    ['a list of one', list, '7', [7]],
    ['an empty list', list, '[]', []],
    ['a list of choices', Type.Array(choice), 'Motion, Manual', ['Motion', 'Manual']],
    ['a list with something else in it', list, '1,x', [1, 'x']],
    ['a list of objects', Type.Array(Type.Object({})), '[{"a": 1}]', [{ a: 1 }]],
    ['true and false that are text', Type.Enum(['true', 'false']), 'true', 'true'],
    ['a literal', Type.Literal(1), '1', 1],
    ['none of the literals', Type.Literal(1), '2', '2'],
    ['a union: the first that fits', either, '1', 1],
    ['a union: another', either, 'true', true],
    ['a union: none', either, '7', '7'],
    ['a union of structures', structures, '[]', []],
    ['a union of structures: another', structures, '{"a": [1]}', { a: [1] }],
    ['a union of something structured and text', Type.Union([Type.Object({}), Type.String()]), 'x', 'x'],
    ['a record', Type.Record(Type.String(), Type.Number()), '{"a": 1}', { a: 1 }],
    ['an empty text', Type.String(), '""', ''],
    ['an object', Type.Object({}), '{"a": 1}', { a: 1 }],
    ['anything', Type.Unknown(), '"x"', 'x'],
    ['nothing', Type.String(), '', undefined],
  ])('%s', (_, schema, text, value) => {
    expect(readText(schema as Shape, text)).toEqual(value);
  });

  it.each([
    ['a list', list, '[1,'],
    ['an object', Type.Object({}), '{'],
    ['one of several structures', structures, 'x'],
  ])('is refused where JSON is due and it is none: %s', (_, schema, text) => {
    expect(() => readText(schema as Shape, text)).toThrow('is not JSON');
  });
});

describe('a value as a form fills it in', () => {
  const words = Type.Array(Type.String());
  it.each([
    [words, ['a', 'b'], 'a, b'],
    [words, ['Hall, east', 'b'], '["Hall, east","b"]'],
    [words, ['', ' b '], '[""," b "]'],
    [words, ['[a]', '"b"'], '["[a]","\\"b\\""]'],
    [words, [], '[]'],
    [Type.Array(Type.Integer()), [1, 2], '1, 2'],
    [Type.String(), '', '""'],
    [Type.String(), 'a, b', 'a, b'],
    [Type.Array(Type.Object({ a: Type.Integer() })), [{ a: 1 }], '[{"a":1}]'],
  ])('%#: is the text that is read as that value again', (schema, value, text) => {
    expect(writeText(schema as Shape, value)).toBe(text);
    expect(readText(schema as Shape, text)).toEqual(value);
  });
});

describe('a value as flows have it', () => {
  const pin = pinManualSetting.body?.properties.pinValue as Shape;
  const stream = StreamID as Shape;

  it.each([true, 'true', 'on', 'ON', ' 1 ', '1', 1])(
    '%p is 1 where the wire has 0 and 1, and true where it has that',
    (value) => {
      expect(asDeclared(pin, value)).toBe(1);
      expect(asDeclared(Type.Boolean() as Shape, value)).toBe(true);
    },
  );

  it.each([false, 'false', 'Off', '0', 0])('%p is 0, and false', (value) => {
    expect(asDeclared(pin, value)).toBe(0);
    expect(asDeclared(Type.Boolean() as Shape, value)).toBe(false);
  });

  it.each([
    ['a number as text', integer, '5', 5],
    ['text as a number', Type.String(), 5, '5'],
    ['a choice as a number', Type.Enum(['1', '2']), 2, '2'],
    ['a stream by its name', stream, 'sub', 1],
    ['a list of numbers as text', list, ['1', '2'], [1, 2]],
    ['fields of an object', Type.Object({ ON: pin, at: list }), { ON: true, at: ['1'] }, { ON: 1, at: [1] }],
    ['what either may be', Type.Union([pin, Type.Boolean()]), true, true],
  ])('%s', (_, schema, value, declared) => {
    expect(asDeclared(schema as Shape, value)).toEqual(declared);
  });

  it.each([
    ['no yes or no', pin, 'maybe'],
    ['a number out of range', pin, 2],
    ['yes and no for a stream', stream, true],
    ['nothing', pin, null],
    ['a list for one', integer, [5]],
    ['blanks', integer, ' '],
    ['the name of something every object has', pin, 'constructor'],
  ])('%s stays as it is, for the driver to refuse', (_, schema, value) => {
    expect(asDeclared(schema as Shape, value)).toBe(value);
  });
});

describe("rows of Node-RED's own types", () => {
  const row = async (schema: object, type: string, value: string) => {
    const read: ReadSource = (source) => Promise.resolve(source === 'date' ? 1_700_000_000_999 : undefined);
    const stored = checkRows({ p: { type, value } });
    return (await readRows([{ name: 'p', schema, required: true }], stored, read))['p'];
  };

  it.each([
    ['num', integer, '5', 5],
    ['str', Type.String(), '5', '5'],
    ['bool', Type.Boolean(), 'true', true],
    ['json', list, '[1]', [1]],
    ['json', Type.String(), '"x"', 'x'],
    ['date', Type.Integer({ format: 'epoch-seconds' }), '', 1_700_000_000],
    ['date', Type.Integer({ format: 'epoch-milliseconds' }), '', 1_700_000_000_999],
  ])('%s', async (type, schema, value, read) => {
    expect(await row(schema, type, value)).toEqual(read);
  });

  it('json that is none is refused by its name', async () => {
    await expect(row(list, 'json', '[')).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'p' });
  });
});

describe('what another row makes required', () => {
  it.each(
    allActions.flatMap(({ id, parameters }) =>
      parameters.flatMap((parameter) =>
        Object.entries((parameter.schema as Shape).neededWith ?? {}).flatMap(([other, values]) =>
          values.map((value) => ({ id, parameter, other, value: String(value) })),
        ),
      ),
    ),
  )(
    '$id: $parameter.name, with $other $value, marks the node, and is what the driver refuses',
    ({ id, parameter, other, value }) => {
      expect(isNeeded(parameter, { [other]: { type: 'literal', value } })).toBe(true);
      expect(isNeeded(parameter, {})).toBe(false);
      const check = findOperation(id)?.check as ((params: object) => { path: string } | undefined) | undefined;
      const others = { Normal: {}, Intellegent: {}, [other]: value, [parameter.name]: undefined };
      expect(check?.(others)).toMatchObject({ path: parameter.name });
    },
  );
});

describe('rows', () => {
  const parameters = [
    { name: 'ChannelID', schema: integer, required: true },
    { name: 'types', schema: Type.Array(choice), required: false },
  ];
  const sources: Record<string, unknown> = { 'msg payload': 2, 'env CHANNEL': '7', 'flow types': ['Motion'] };
  const read: ReadSource = (source, value) => Promise.resolve(sources[`${source} ${value}`]);
  const rows = (rows: unknown) => readRows(parameters, rows as Rows, read);

  it.each([
    ['a literal, typed by the declaration', { ChannelID: { type: 'literal', value: '1' } }, { ChannelID: 1 }],
    ['a property of the message', { ChannelID: { type: 'msg', value: 'payload' } }, { ChannelID: 2 }],
    [
      'an environment variable, typed by the declaration',
      { ChannelID: { type: 'env', value: 'CHANNEL' } },
      { ChannelID: 7 },
    ],
    ['a context property', { types: { type: 'flow', value: 'types' } }, { types: ['Motion'] }],
    ['a property that is not there: not sent', { types: { type: 'msg', value: 'nothing' } }, {}],
    ['an empty literal: not sent', { ChannelID: { type: 'literal', value: '' } }, {}],
    ['no row: nothing is read from anywhere', {}, {}],
  ])('%s', async (_, stored, values) => {
    expect(await rows(stored)).toEqual(values);
  });

  it('a row of no parameter is an error', async () => {
    const stored = { Channel: { type: 'literal', value: '1' } };
    await expect(rows(stored)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'Channel' });
  });

  it('a source that cannot be read is an error with the row and the reason', async () => {
    // JSONata throws plain objects.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const failing: ReadSource = () => Promise.reject({ code: 'S0201', message: 'Syntax error' });
    const stored: Rows = { ChannelID: { type: 'jsonata', value: '1 +' } };
    await expect(readRows(parameters, stored, failing)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      message: expect.stringContaining("ChannelID: jsonata '1 +' cannot be read: Syntax error"),
    });
  });
});

describe('stored rows', () => {
  it('have a source and a text, whatever a hand-made flow holds', () => {
    expect(
      checkRows({ a: { type: 'msg', value: 'payload' }, b: { type: 'literal', value: 3 }, c: { type: 'literal' } }),
    ).toEqual({
      a: { type: 'msg', value: 'payload' },
      b: { type: 'literal', value: '3' },
      c: { type: 'literal', value: '' },
    });
  });

  it.each([
    ['no object', [], 'params'],
    ['nothing', null, 'params'],
    ['a bare value in place of a row', { ChannelID: 1 }, 'ChannelID'],
    ['an unknown source', { ChannelID: { type: 'cred', value: '' } }, 'ChannelID'],
  ])('%s is an error', (_, stored, path) => {
    expect(() => checkRows(stored)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});
