import { describe, expect, it } from '@jest/globals';
import { type TSchema, Type } from 'typebox';
import { decode } from '../../src/shared/wire/decode.js';
import { open } from '../../src/shared/sdk/declaration.js';
import { getMapByDay, getMapByMinute } from '../../src/shared/sdk/record-maps.js';
import { EventState, eventHook } from '../../src/shared/sdk/events.js';
import { epochSeconds } from '../../src/shared/sdk/fields.js';
import { operations } from '../../src/shared/sdk/index.js';

const time = epochSeconds('Time', 'When.');
const numberOrBoolean = Type.Union([Type.Integer({ minimum: 0, maximum: 1 }), Type.Boolean()]);
const EventMessage = eventHook.message;
const week = Type.Array(Type.String({ pattern: '^[-+]$' }), { minItems: 7, maxItems: 7 });
const anyObjects = Type.Array(Type.Object({ x: Type.Optional(Type.Integer()) }, open));
const settings = Type.Object({ level: Type.Object({ x: Type.Optional(Type.Integer()) }, open) }, open);
const { schema: pins } = operations.getGPIOInfo.reply;
const { schema: pinStatus } = operations.getPinStatus.reply;

describe('data of a device is bent into the declared shape', () => {
  it.each<[string, TSchema, unknown, unknown]>([
    ['milliseconds where seconds are due', time, 1_700_000_000_123, 1_700_000_000],
    ['milliseconds as text', time, '1700000000999', 1_700_000_000],
    ['fractions of a second', time, 1_700_000_000.9, 1_700_000_000],
    ['the first number that counts as milliseconds', time, 1e11, 1e8],
    ['a scalar for a list', pins, [{ ch: 0, alarmIn: '1', alarmOut: 5 }], [{ ch: 0, alarmIn: [1], alarmOut: [5] }]],
    ['nothing for a list', pins, [{ ch: 0, alarmIn: '', alarmOut: null }], [{ ch: 0, alarmIn: [], alarmOut: [] }]],
    ['null for a list that has no default', pinStatus, { pin_value: null }, { pin_value: [] }],
    ['null for a document that is a list', pins, null, []],
    ['empty text for a document that is a list', pins, ' ', []],
    ['an empty object for an empty list', pinStatus, { pin_value: {} }, { pin_value: [] }],
    ['an empty object for an empty list of anything', anyObjects, {}, []],
    ['an empty list for an object without fields', settings, { level: [] }, { level: {} }],
    [
      'a bare object for a list of one',
      pins,
      { ch: 0, alarmIn: [], alarmOut: [] },
      [{ ch: 0, alarmIn: [], alarmOut: [] }],
    ],
    [
      'what has a default and is no use',
      pins,
      [{ ch: 0, alarmOut: {}, alarmIn: 'none' }],
      [{ ch: 0, alarmIn: [], alarmOut: [] }],
    ],
    [
      'true and false for numbers',
      pinStatus,
      {
        pin_value: [
          { pinNum: 5, pinVal: true },
          { pinNum: 6, pinVal: false },
        ],
      },
      {
        pin_value: [
          { pinNum: 5, pinVal: 1 },
          { pinNum: 6, pinVal: 0 },
        ],
      },
    ],
    ['a declared word in other letters', EventState, ' Active', 'active'],
    ['a boolean where a word is due (2.17)', Type.Enum(['true', 'false']), true, 'true'],
    ['a boolean where one or zero is due as text (9.15)', Type.Enum(['0', '1', '2']), true, '1'],
    ['a boolean where one of some numbers is due (9.19)', Type.Enum([0, 1]), false, 0],
    ['a number as text where a number or a boolean is due', numberOrBoolean, '1', 1],
    ['a word where a number or a boolean is due', numberOrBoolean, 'true', true],
  ])('%s', (_case, schema, value, expected) => {
    const decoded = decode(schema, value);
    expect(decoded?.value).toEqual(expected);
    expect(decoded?.drift.length).toBeGreaterThan(0);
  });

  it.each<[string, TSchema, unknown]>([
    ['seconds', time, 1_700_000_000],
    ['the last number that counts as seconds', time, 99_999_999_999],
    ['a declared word', EventState, 'once'],
    ['a number where a boolean may stand, too', numberOrBoolean, 0],
    ['a boolean where a number may stand, too', numberOrBoolean, true],
    ['a list', Type.Array(Type.Integer()), [1, 2]],
  ])('%s stay as they are', (_case, schema, value) => {
    expect(decode(schema, value)).toEqual({ value, drift: [] });
  });

  it.each<[string, TSchema, unknown]>([
    ['a word that is not declared', EventState, 'perhaps'],
    ['a time before 1970', time, -1],
    ['a number that is neither one nor zero', numberOrBoolean, 2],
    ['a fraction where an integer is due', Type.Integer(), 1.5],
    ['text for a list of objects', pins, 'no pins'],
    ['true for a list of objects', pins, true],
    ['an object that is no item of the list', pins, { Pins: [] }],
    ['a list that is missing', pinStatus, {}],
    ['an empty list for an object that has fields', EventMessage, []],
    ['nothing for a week, as an object', week, {}],
    ['null for an object', pinStatus, null],
    ['a week in which a day is odd', week, ['-', '+', '-', '-', '-', '-', '?']],
    ['a week of eight days', week, ['-', '-', '-', '-', '-', '-', '-', '-']],
    ['nothing for a week', week, ''],
    ['a day for a week', week, '+'],
  ])('nothing is made of %s', (_case, schema, value) => {
    expect(decode(schema, value)).toBeUndefined();
  });

  it('says where a default stands in for what is no use', () => {
    const schema = Type.Object({ size: Type.Integer({ default: 3 }), name: Type.Optional(Type.String()) }, open);
    expect(decode(schema, { size: 'big', name: null })).toEqual({
      value: { size: 3 },
      drift: [{ path: 'size', problem: 'the default in place of a string where integer is due' }],
    });
    expect(decode(schema, {})).toEqual({ value: { size: 3 }, drift: [] });
  });

  it('reads the fields that a pattern of names describes', () => {
    const { schema } = getMapByMinute.reply;
    const map = { StartTime: '3600', CH1: ['+-'], CH12: '+-', CH2: null, CH3: [{}], Channels: 2 };
    const decoded = decode(schema, map);
    expect(decoded?.value).toEqual({ StartTime: 3600, CH1: ['+-'], CH12: ['+-'], CH2: [], CH3: [], Channels: 2 });
    expect(decoded?.drift.map(({ path }) => path)).toEqual(['CH12', 'CH2', 'CH3/0', 'StartTime']);
    expect(decode(getMapByDay.reply.schema, { CH1: ['+'], CH2: '+' })?.value).toEqual({ CH2: '+' });
  });
});
