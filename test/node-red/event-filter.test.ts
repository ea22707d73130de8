import { describe, expect, it } from '@jest/globals';
import { firstStates, passes, readFilter } from '../../src/node-red/nodes/event/filter.js';
import type { NvrEvent } from '../../src/shared/index.js';

const motion: NvrEvent = { channel: 2, type: 'Motion', state: 'active' };

describe('event filter', () => {
  it.each([
    ['empty', {}, true],
    ['the channel', { channels: '1, 2' }, true],
    ['another channel', { channels: '1' }, false],
    ['the type, in any case', { types: 'InputAlarm, motion' }, true],
    ['another type', { types: 'InputAlarm' }, false],
    ['the state', { state: 'active' }, true],
    ['another state', { state: 'inactive' }, false],
    ['all three', { channels: '2', types: 'Motion', state: 'active' }, true],
    ['one of three wrong', { channels: '2', types: 'Motion', state: 'once' }, false],
    ['commas and blanks only', { channels: ' , ', types: ',' }, true],
  ])('%s', (_, config, expected) => {
    expect(passes(readFilter(config), motion)).toBe(expected);
  });

  it.each([
    ['channels', { channels: '1, two' }],
    ['channels', { channels: '-1' }],
    ['state', { state: 'Active' }],
  ])('a wrong %s is an error', (path, config) => {
    expect(() => readFilter(config)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});

describe('first known states', () => {
  const none = new Set<string>();
  it.each([
    ['unknown', {}, { channel: 1 }, none, []],
    ['quiet', {}, { channel: 1, event: false }, none, [{ channel: 1, state: 'inactive' }]],
    [
      'quiet: every named type is',
      { types: 'Motion,Tag' },
      { channel: 1, event: false },
      none,
      [
        { channel: 1, type: 'Motion', state: 'inactive' },
        { channel: 1, type: 'Tag', state: 'inactive' },
      ],
    ],
    ['busy, with what is not known', {}, { channel: 1, event: true }, none, [{ channel: 1, state: 'active' }]],
    [
      'busy, with a known type',
      { types: 'motion' },
      { channel: 1, event: true },
      new Set(['Motion', 'Tag']),
      [{ channel: 1, type: 'motion', state: 'active' }],
    ],
    ['busy, perhaps with another type than the named', { types: 'Motion' }, { channel: 1, event: true }, none, []],
    ['another channel', { channels: '2' }, { channel: 1, event: false }, none, []],
    ['another state', { state: 'active' }, { channel: 1, event: false }, none, []],
  ])('%s', (_, config, status, active, expected) => {
    expect(firstStates(readFilter(config), status, active)).toEqual(expected);
  });
});
