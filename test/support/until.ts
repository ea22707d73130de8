import { setTimeout as wait } from 'node:timers/promises';
import type { expect } from '@jest/globals';

/** Jest's, which counts what a test asserts; benches have none. */
const { expect: asserted } = globalThis as { expect?: typeof expect };

/** ms that count at a time: a machine that has no turn for who waits has none for what is waited for, either. */
const LONGEST = 250;

/**
 * Asserts that something comes about: polls until `condition` gives something truthy.
 *
 * @param what a function where it tells how things stand when it did not come about
 * @throws after `limit` ms that count, saying what did not come about
 */
export async function until<T>(
  what: string | (() => string),
  condition: () => T | Promise<T>,
  limit = 15_000,
): Promise<Exclude<Awaited<T>, undefined | null | false>> {
  let left = limit;
  let last = performance.now();
  for (;;) {
    const result = await condition();
    if (result) {
      asserted?.(result).toBeTruthy();
      return result as Exclude<Awaited<T>, undefined | null | false>;
    }
    const now = performance.now();
    left -= Math.min(now - last, LONGEST);
    last = now;
    if (left < 0) throw new Error(`not within ${limit} ms: ${typeof what === 'string' ? what : what()}`);
    await wait(10);
  }
}

/** Asserts that `work` ends in time, and gives what it gives. @throws after `limit` ms that count */
export async function within<T>(limit: number, what: string, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const pass = async (): Promise<never> => {
    for (let left = limit; left > 0; left -= LONGEST) {
      await wait(Math.min(left, LONGEST), undefined, { signal: timer.signal });
    }
    throw new Error(`no end within ${limit} ms: ${what}`);
  };
  const late = pass();
  try {
    const result = await Promise.race([work, late]);
    asserted?.(timer.signal.aborted).toBe(false);
    return result;
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
