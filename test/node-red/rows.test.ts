import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import { readText } from '../../src/node-red/rows/literal.js';
import { checkRows, readRows, type ReadSource, type Rows } from '../../src/node-red/rows/row.js';

const integer = Type.Integer();
const choice = Type.Enum(['Motion', 'Manual']);
const list = Type.Array(Type.Integer());

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
    ['an object', Type.Object({}), '{"a": 1}', { a: 1 }],
    ['anything', Type.Unknown(), '"x"', 'x'],
    ['nothing', Type.String(), '', undefined],
  ])('%s', (_, schema, text, value) => {
    expect(readText('p', schema, text)).toEqual(value);
  });

  it('is refused where JSON is due and it is none', () => {
    expect(() => readText('channels', list, '[1,')).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'channels' }),
    );
  });
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
    ['an unknown source', { ChannelID: { type: 'date', value: '' } }, 'ChannelID'],
  ])('%s is an error', (_, stored, path) => {
    expect(() => checkRows(stored)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});
