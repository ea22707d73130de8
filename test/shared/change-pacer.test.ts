import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../src/shared/clock.js';
import { limits } from '../../src/shared/limits.js';
import { ChangePacer } from '../../src/shared/state/change-pacer.js';

const MOST = limits.state.changesPerSecond;

/** A pacer, and what it said of each `channel type`, in order: changes by `on` and `off`, dropped ones by their number. */
function setUp() {
  const clock = new ManualClock();
  const said = new Map<string, ('on' | 'off' | number)[]>();
  const of = (channel: number, type = 'Motion') => said.get(`${channel} ${type}`) ?? [];
  const say = (channel: number, type: string, what: 'on' | 'off' | number) =>
    said.set(`${channel} ${type}`, [...of(channel, type), what]);
  const pacer = new ChangePacer(
    clock,
    ({ channel, type, active }) => say(channel, type, active ? 'on' : 'off'),
    ({ channel, type, changes }) => say(channel, type, changes),
  );
  const active = new Set<string>();
  /** Changes of one (channel, type): on, off, on. */
  const turn = (times: number, channel: number, type = 'Motion') => {
    const key = `${channel} ${type}`;
    for (let time = 0; time < times; time += 1) {
      if (!active.delete(key)) active.add(key);
      pacer.push({ channel, type, active: active.has(key), cause: 'event' });
    }
  };
  const told = (channel: number, type?: string) => of(channel, type).filter((what) => typeof what === 'string');
  const dropped = (channel: number, type?: string) =>
    of(channel, type).reduce<number>((sum, what) => sum + (typeof what === 'number' ? what : 0), 0);
  return { clock, pacer, of, turn, told, dropped, isActive: (key: string) => active.has(key) };
}

describe('of a flood each change is told or counted', () => {
  it.each<[string, number, number, number]>([
    ['as many as are told', MOST, MOST, 0],
    ['one more, which waits and is told', MOST + 1, MOST + 1, 0],
    ['one that waits and one that takes it back', MOST + 2, MOST, 2],
    ['an even number', 10_000, MOST, 10_000 - MOST],
    ['an odd number', 10_001, MOST + 1, 10_000 - MOST],
  ])('%s', (_what, changes, told, dropped) => {
    const flood = setUp();
    flood.turn(changes, 1);
    expect(flood.told(1)).toHaveLength(MOST);
    expect(flood.dropped(1)).toBe(0);
    flood.clock.advance(1000);
    expect(flood.told(1)).toHaveLength(told);
    expect(flood.dropped(1)).toBe(dropped);
    expect(flood.told(1).at(-1)).toBe(changes % 2 === 1 ? 'on' : 'off');
    flood.clock.advance(10_000);
    expect(flood.of(1)).toHaveLength(told + (dropped > 0 ? 1 : 0));
    expect(flood.clock.pending).toBe(0);
  });

  it('of several channels and types, for each', () => {
    const flood = setUp();
    const kinds = [
      [1, 'Motion', 4001],
      [2, 'Motion', 3000],
      [2, 'InputAlarm', 2989],
      [3, 'Motion', MOST],
    ] as const;
    for (let turn = 0; turn < 4001; turn += 1) {
      for (const [channel, type, changes] of kinds) if (turn < changes) flood.turn(1, channel, type);
    }
    flood.clock.advance(1000);
    expect(kinds.map(([channel, type]) => flood.dropped(channel, type))).toEqual([3990, 2990, 2978, 0]);
    expect(kinds.map(([channel, type]) => flood.told(channel, type).length)).toEqual([11, 10, 11, 10]);
  });

  it('how many were dropped comes before what became of it, and once for each second', () => {
    const flood = setUp();
    flood.turn(MOST + 3, 1);
    flood.clock.advance(1000);
    expect(flood.of(1).slice(MOST)).toEqual([2, 'on']);
    // The one that waited is the first of its second.
    flood.turn(MOST + 1, 1);
    flood.clock.advance(1000);
    expect(flood.of(1).slice(MOST + 2 + MOST - 1)).toEqual([2]);
  });

  it('also of one that is cut off: what waited is not told any more', () => {
    const flood = setUp();
    flood.turn(MOST + 5, 1);
    flood.turn(MOST + 2, 2);
    flood.pacer.clear();
    expect([flood.dropped(1), flood.dropped(2)]).toEqual([5, 2]);
    expect(flood.clock.pending).toBe(0);
  });

  it('in whatever order and pace they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ channel: fc.integer({ min: 1, max: 3 }), times: fc.nat(30), pause: fc.nat(1500) }), {
          maxLength: 30,
        }),
        (bursts) => {
          const flood = setUp();
          for (const { channel, times, pause } of bursts) {
            flood.turn(times, channel);
            flood.clock.advance(pause);
          }
          flood.clock.advance(1000);
          for (const channel of [1, 2, 3]) {
            const pushed = bursts
              .filter((burst) => burst.channel === channel)
              .reduce((sum, { times }) => sum + times, 0);
            const told = flood.told(channel);
            expect(told.length + flood.dropped(channel)).toBe(pushed);
            expect(told.every((what, index) => what === (index % 2 === 0 ? 'on' : 'off'))).toBe(true);
            expect(told.length % 2 === 1).toBe(flood.isActive(`${channel} Motion`));
          }
        },
      ),
    );
  });
});

it('a change that waits is not so yet for whoever hears of what was dropped', () => {
  const clock = new ManualClock();
  const seen: boolean[] = [];
  const pacer: ChangePacer = new ChangePacer(
    clock,
    () => undefined,
    () => seen.push(pacer.asTold(1, new Set(['Motion'])).has('Motion')),
  );
  for (let turn = 1; turn <= MOST + 3; turn += 1)
    pacer.push({ channel: 1, type: 'Motion', active: turn % 2 === 1, cause: 'event' });
  clock.advance(1000);
  expect(seen).toEqual([false]);
});
