import { setTimeout as wait } from 'node:timers/promises';
import type { expect } from '@jest/globals';

/** Jest's, which counts what a test asserts; benches have none. */
const { expect: asserted } = globalThis as { expect?: typeof expect };

/**
 * Asserts that something comes about: polls until `condition` gives something truthy.
 *
 * @param what a function where it tells how things stand when it did not come about
 * @throws after `limit` ms, saying what did not come about
 */
export async function until<T>(
  what: string | (() => string),
  condition: () => T | Promise<T>,
  limit = 15_000,
): Promise<Exclude<Awaited<T>, undefined | null | false>> {
  const end = Date.now() + limit;
  let last: unknown;
  for (;;) {
    last = await condition();
    if (last) {
      asserted?.(last).toBeTruthy();
      return last as Exclude<Awaited<T>, undefined | null | false>;
    }
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${typeof what === 'string' ? what : what()}`);
    await wait(10);
  }
}

/** Asserts that `work` ends in time, and gives what it gives. @throws after `limit` ms */
export async function within<T>(limit: number, what: string, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = wait(limit, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no end within ${limit} ms: ${what}`);
  });
  try {
    const result = await Promise.race([work, late]);
    asserted?.(timer.signal.aborted).toBe(false);
    return result;
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
