import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../src/shared/index.js';
import { NvrRefusedError } from '../../src/shared/errors.js';
import { limits } from '../../src/shared/limits.js';
import { Poller } from '../../src/shared/state/poller.js';

const MINUTE = 60_000;

/** Readings that take no time, and when each of them was made. */
function polling(interval: number) {
  const clock = new ManualClock();
  const readings: number[] = [];
  const read = async () => void readings.push(clock.now());
  let refused = 0;
  const spent = () => (refused += 1);
  const poller = new Poller({ read, interval, clock, random: () => 0, spent });
  return { clock, readings, poller, refused: () => refused };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('what the NVR refuses', () => {
  /** When it was asked, s, where its answers are these, one after the other; the last for ever. */
  async function asked(...answers: boolean[]): Promise<number[]> {
    const clock = new ManualClock();
    const readings: number[] = [];
    const read = () => {
      readings.push(clock.now());
      const isGiven = answers.length > 1 ? answers.shift() : answers[0];
      return isGiven ? Promise.resolve() : Promise.reject(new NvrRefusedError('getPinStatus', 'no right'));
    };
    const poller = new Poller({ read, interval: 3000, clock, random: () => 0.5 });
    poller.start();
    await settle();
    for (let at = 0; at < 700_000; at += 500) {
      clock.advance(500);
      await settle();
    }
    poller.stop();
    return readings.map((at) => at / 1000);
  }

  it('from the beginning is asked for again ten minutes later', async () => {
    expect(await asked(false)).toEqual([0, 600]);
  });

  it('after it has answered is asked for again soon, three times', async () => {
    expect(await asked(true, false)).toEqual([0, 3, 3.5, 4.5, 6.5, 606.5]);
  });

  it('once only is as if it had not', async () => {
    expect((await asked(true, false, true)).slice(0, 5)).toEqual([0, 3, 3.5, 6.5, 9.5]);
  });
});

describe('readings out of turn', () => {
  it('are made at once, and not again within a moment', async () => {
    const { clock, readings, poller } = polling(180_000);
    poller.start();
    await settle();
    clock.advance(1000);
    for (let count = 0; count < 10; count++) poller.soon();
    clock.advance(0);
    await settle();
    poller.soon();
    clock.advance(249);
    await settle();
    expect(readings).toHaveLength(2);
    clock.advance(1);
    await settle();
    expect(readings).toHaveLength(3);
  });

  it('are told where there are too many reasons for them', async () => {
    const { clock, readings, poller, refused } = polling(180_000);
    poller.start();
    await settle();
    for (let count = 0; count <= limits.state.hurriedReadings; count++) {
      expect(refused()).toBe(0);
      poller.soon();
      clock.advance(250);
      await settle();
    }
    expect([readings.length, refused()]).toEqual([limits.state.hurriedReadings + 1, 1]);
    poller.stop();
  });

  it('are few in any minute however often there is a reason, and never later than in their turn', async () => {
    const seldom = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 30, maxLength: 120 });
    const withoutEnd = fc.array(fc.integer({ min: 250, max: 1000 }), { minLength: 200, maxLength: 300 });
    const reasons = fc.oneof(seldom, withoutEnd);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(3000, 60_000, 180_000), reasons, async (interval, waits) => {
        const { clock, readings, poller } = polling(interval);
        poller.start();
        await settle();
        for (const wait of waits) {
          poller.soon();
          for (let left = wait; left > 0; left -= 250) {
            clock.advance(Math.min(left, 250));
            await settle();
          }
        }
        const within = (begin: number) => readings.filter((at) => at >= begin && at < begin + MINUTE).length;
        const regular = Math.ceil(MINUTE / interval);
        expect(Math.max(...readings.map(within))).toBeLessThanOrEqual(limits.state.hurriedReadings + regular + 1);
        const gaps = readings.slice(1).map((at, index) => at - (readings[index] ?? 0));
        // The clock goes on by 250 ms at a time, twice where nobody has been told yet.
        expect(Math.max(...gaps)).toBeLessThan(interval + 500);
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
        poller.stop();
      }),
      { numRuns: 15 },
    );
  });
});
