import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ManualClock, sleep, systemClock, within } from '../../src/shared/clock.js';

const never = new Promise<never>(() => undefined);
const late = () => 'late';

describe('ManualClock', () => {
  it('fires timers in the order in which they fall due, and only those', () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    clock.after(20, () => fired.push(`second at ${clock.now()}`));
    clock.after(10, () => fired.push(`first at ${clock.now()}`));
    clock.after(30, () => fired.push('third'));
    clock.after(5, () => fired.push('cancelled')).cancel();
    clock.advance(25);
    expect(fired).toEqual(['first at 10', 'second at 20']);
    expect(clock.now()).toBe(25);
    expect(clock.pending).toBe(1);
  });

  it.each([3_600_000, -3_600_000])('has a date that can be set by %d ms, which no duration notices', (step) => {
    const clock = new ManualClock(1_700_000_000_000);
    const fired: number[] = [];
    clock.after(20, () => fired.push(clock.now()));
    clock.advance(10);
    clock.stepWall(step);
    expect([clock.now(), clock.wall()]).toEqual([10, 1_700_000_000_010 + step]);
    clock.advance(10);
    expect(fired).toEqual([20]);
    expect(clock.wall()).toBe(1_700_000_000_020 + step);
  });
});

describe('the clock of the system', () => {
  it('counts work apart from time that passes', () => {
    const [begin, before] = [systemClock.now(), systemClock.worked()];
    // Another process works, and this thread waits for it.
    spawnSync(process.execPath, ['--eval', 'for (let sum = 0; sum < 1e8; sum++);']);
    const waited = systemClock.worked() - before;
    expect(waited).toBeGreaterThanOrEqual(0);
    expect(waited).toBeLessThan((systemClock.now() - begin) / 2);
    const worked = () => systemClock.worked() - before;
    for (let rounds = 0; rounds < 1e6 && worked() < waited + 5; rounds += 1);
    expect(worked()).toBeGreaterThanOrEqual(waited + 5);
  });

  it('measures apart from the date', async () => {
    const begin = systemClock.now();
    await sleep(systemClock, 2);
    // Node rounds down to whole ms when it looks for timers that are due.
    expect(systemClock.now() - begin).toBeGreaterThanOrEqual(1);
    expect(Math.abs(systemClock.wall() - Date.now())).toBeLessThan(1000);
    expect(Number.isInteger(systemClock.wall())).toBe(true);
  });

  it('lets what came while the process was held up come before a timer that is late', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const sender = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [receiver] = (await once(server, 'connection')) as [Socket];
    const happened: string[] = [];
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    void over.finally(() => {
      sender.destroy();
      receiver.destroy();
      server.close();
    });
    const unheard = systemClock.after(20, () => happened.push('it never came'));
    systemClock.after(20, () => {
      happened.push('time is up');
      resolve(undefined);
    });
    // A message of a WebSocket is told a turn after it was read.
    receiver.once('data', () => setImmediate(() => (happened.push('it came'), unheard.cancel())));
    sender.write('something');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    await over;
    expect(happened).toEqual(['it came', 'time is up']);
  });

  it('can wait longer than a timer of Node does', async () => {
    let early = false;
    const timer = systemClock.after(2 ** 40, () => (early = true));
    await sleep(systemClock, 5);
    timer.cancel();
    // Node's own would be after one millisecond.
    expect(early).toBe(false);
  });
});

describe('sleep', () => {
  it('takes its time', async () => {
    const clock = new ManualClock();
    let over = false;
    const slept = sleep(clock, 100).then(() => (over = true));
    clock.advance(99);
    await Promise.resolve();
    expect(over).toBe(false);
    clock.advance(1);
    await slept;
  });

  it('ends with the signal and its reason, leaving no timer', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const slept = sleep(clock, 100, abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(slept).rejects.toBe(reason);
    await expect(sleep(clock, 100, abort.signal)).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
  });
});

describe('within', () => {
  it('gives what comes in time, or the failure, leaving no timer', async () => {
    const clock = new ManualClock();
    expect(await within(clock, 100, Promise.resolve(1), late)).toBe(1);
    await expect(within(clock, 100, Promise.reject(new Error('no')), late)).rejects.toThrow('no');
    const thrower = () => {
      throw new Error('at once');
    };
    await expect(within(clock, 100, thrower, late)).rejects.toThrow('at once');
    expect(clock.pending).toBe(0);
  });

  it('asks what to do where time is up, and ends the work', async () => {
    const clock = new ManualClock();
    let handed: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      handed = signal;
      return never;
    };
    const first = within(clock, 100, work, late);
    const second = within(clock, 100, never, () => {
      throw new Error('too late');
    });
    clock.advance(99);
    expect(handed?.aborted).toBe(false);
    clock.advance(1);
    expect(await first).toBe('late');
    expect(handed?.aborted).toBe(true);
    await expect(second).rejects.toThrow('too late');
  });

  it('ends with the signal and its reason, and ends the work', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const reason = new Error('enough');
    let handed: AbortSignal | undefined;
    const work = (signal: AbortSignal) => {
      handed = signal;
      return never;
    };
    const outcome = within(clock, 100, work, late, abort.signal);
    abort.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    expect(handed?.reason).toBe(reason);
    await expect(within(clock, 100, work, late, abort.signal)).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
  });

  it('hands back what nobody hears of any more, at whichever moment it was given up', async () => {
    const clock = new ManualClock();
    for (let moment = 0; moment < 8; moment++) {
      const abort = new AbortController();
      const handedBack: number[] = [];
      const work = async () => {
        await Promise.resolve();
        return moment;
      };
      const outcome = within(clock, 100, work, late, abort.signal, (value) => handedBack.push(value));
      for (let turn = 0; turn < moment; turn++) await Promise.resolve();
      abort.abort(new Error('enough'));
      const heard = await outcome.catch(() => undefined);
      expect([heard, ...handedBack].filter((value) => value !== undefined)).toEqual([moment]);
    }
    let made: (value: number) => void = () => undefined;
    const handedBack: number[] = [];
    const outcome = within(clock, 100, new Promise<number>((resolve) => (made = resolve)), late, undefined, (value) =>
      handedBack.push(value),
    );
    clock.advance(100);
    expect(await outcome).toBe('late');
    made(1);
    await Promise.resolve();
    expect([handedBack, clock.pending]).toEqual([[1], 0]);
  });
});
