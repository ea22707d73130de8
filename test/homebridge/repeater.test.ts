import { describe, expect, it } from '@jest/globals';
import { Repeater } from '../../src/homebridge/nvr/repeater.js';
import { ManualClock } from '../../src/shared/index.js';

/** A repeater whose runs are ended by hand. */
function setUp(worthRepeating: (error: unknown) => boolean = () => true) {
  const clock = new ManualClock();
  const runs: { end: (wait: number) => void; fail: (error: Error) => void }[] = [];
  const task = () => new Promise<number>((end, fail) => runs.push({ end, fail }));
  return { clock, runs, repeater: new Repeater({ task, worthRepeating, clock }) };
}

describe('a repeated task', () => {
  it('runs again after the wait that it asked for', async () => {
    const { clock, runs, repeater } = setUp();
    const first = repeater.now();
    runs[0]?.end(3000);
    await first;
    clock.advance(2999);
    expect(runs).toHaveLength(1);
    clock.advance(1);
    expect(runs).toHaveLength(2);
  });

  it('runs once more, not at the same time, when it is asked for in the middle of a run', async () => {
    const { clock, runs, repeater } = setUp();
    const first = repeater.now();
    const [second, third] = [repeater.now(), repeater.now()];
    expect(runs).toHaveLength(1);
    runs[0]?.end(3000);
    await new Promise(setImmediate);
    expect(runs).toHaveLength(2);
    runs[1]?.end(3000);
    await Promise.all([first, second, third]);
    expect(clock.pending).toBe(1);
  });

  it('runs again within 1 s after a failure, within 60 s after many', async () => {
    const { clock, runs, repeater } = setUp();
    void repeater.now();
    for (let failures = 0; failures < 10; failures += 1) {
      runs[failures]?.fail(new Error('no'));
      await new Promise(setImmediate);
      clock.advance(Math.min(1000 * 2 ** failures, 60_000));
      expect(runs).toHaveLength(failures + 2);
    }
  });

  it('stops after a failure that repeating cannot mend', async () => {
    const { clock, runs, repeater } = setUp(() => false);
    const run = repeater.now();
    runs[0]?.fail(new Error('never'));
    await run;
    expect(clock.pending).toBe(0);
    await repeater.now();
    expect(runs).toHaveLength(1);
  });

  it('leaves no timer when it is closed, in the middle of a run or between two', async () => {
    const { clock, runs, repeater } = setUp();
    const run = repeater.now();
    repeater.close();
    runs[0]?.end(10);
    await run;
    expect(clock.pending).toBe(0);
  });
});
