import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';

describe('ManualClock', () => {
  it('fires timers in the order in which they fall due, and only those', () => {
    const clock = new ManualClock(1000);
    const fired: string[] = [];
    clock.after(20, () => fired.push(`second at ${clock.now()}`));
    clock.after(10, () => fired.push(`first at ${clock.now()}`));
    clock.after(30, () => fired.push('third'));
    clock.after(5, () => fired.push('cancelled')).cancel();
    clock.advance(25);
    expect(fired).toEqual(['first at 1010', 'second at 1020']);
    expect(clock.now()).toBe(1025);
    expect(clock.pending).toBe(1);
  });
});
