import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReorderBuffer } from '../../../src/homebridge/talk/reorder-buffer.js';
import { ManualClock } from '../../../src/shared/index.js';

let clock: ManualClock;
let order: ReorderBuffer<string>;
/** What came out, `–` in place of what was lost. */
let out: string;

beforeEach(() => {
  clock = new ManualClock(0);
  out = '';
  order = new ReorderBuffer(clock, (packet) => (out += packet ?? '–'));
});

const push = (...numbers: number[]) => {
  for (const number of numbers) order.push(number, 'abcdefghijklmnopqrstuvwxyz'[number % 26] ?? '');
};

describe('packets', () => {
  it('pass at once where they come in order, whatever the first number is', () => {
    push(26_002, 26_003, 26_004);
    expect(out).toBe('cde');
    expect(clock.pending).toBe(0);
  });

  it.each<[string, number[], string]>([
    ['two exchanged', [0, 2, 1, 3], 'abcd'],
    ['one late by three', [0, 2, 3, 4, 1, 5], 'abcdef'],
    ['each twice', [0, 0, 1, 1, 2], 'abc'],
    ['one from before the first', [5, 4, 6], 'fg'],
  ])('come out in order: %s', (_, numbers, expected) => {
    push(...numbers);
    expect(out).toBe(expected);
    expect(clock.pending).toBe(0);
  });

  it('are waited for 60 ms, and then replaced', () => {
    push(0, 2);
    clock.advance(59);
    expect(out).toBe('a');
    clock.advance(1);
    expect(out).toBe('a–c');
    push(1, 3);
    expect(out).toBe('a–cd');
    expect(clock.pending).toBe(0);
  });

  it('are waited for 60 ms each, where several are missing', () => {
    push(0, 2, 4);
    clock.advance(60);
    expect(out).toBe('a–c');
    clock.advance(60);
    expect(out).toBe('a–c–e');
  });

  it('are replaced up to five in a row: a hole of a second is a hole', () => {
    push(0, 7);
    clock.advance(60);
    expect(out).toBe('a–––––h');
    push(1_000_000_007);
    clock.advance(60);
    expect(out).toBe('a–––––h–––––t');
  });

  it('are held up to 32: then the wait is over', () => {
    push(0, ...Array.from({ length: 32 }, (_, at) => at + 2));
    expect(out).toBe('a');
    push(34);
    expect(out).toHaveLength(35);
    expect(clock.pending).toBe(0);
  });

  it('that are held when it is closed come no more', () => {
    push(0, 2);
    order.close();
    clock.advance(100);
    expect(out).toBe('a');
    expect(clock.pending).toBe(0);
  });
});
