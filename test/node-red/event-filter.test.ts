import { describe, expect, it } from '@jest/globals';
import { type EventFilterConfig, firstState, passes, readFilter } from '../../src/node-red/nodes/event/filter.js';
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
    // A flow made by hand may hold anything.
    ['channels', { channels: 3 }],
    ['channels', { channels: null }],
    ['types', { types: ['Motion'] }],
    ['state', { state: null }],
  ])('a wrong %s is an error', (path, config) => {
    expect(() => readFilter(config as unknown as EventFilterConfig)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });
});

describe('first known states', () => {
  it.each([
    ['passes without a filter', {}, { channel: 1, active: false }, { channel: 1, state: 'inactive' }],
    [
      'passes where the state is the one that is asked for',
      { state: 'active' },
      { channel: 1, type: 'Motion', active: true },
      { channel: 1, type: 'Motion', state: 'active' },
    ],
    ['passes in no other state', { state: 'active' }, { channel: 1, active: false }, undefined],
    ['is never a pulse', { state: 'once' }, { channel: 1, active: true }, undefined],
  ])('one %s', (_, config, first, expected) => {
    expect(firstState(readFilter(config), first)).toEqual(expected);
  });
});
