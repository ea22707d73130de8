import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../src/node-red/admin/turns.js';

/** Begins something that lasts until it is ended. */
function begun(turns: Turns, user: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const outcome = turns.take(user, () => promise).catch((error: { code?: string }) => error.code);
  return { outcome, end: () => (resolve('done'), outcome), fail: () => (reject(new Error('failed')), outcome) };
}

describe('connection tests under way', () => {
  it('are one for each user, and the next when that has ended, however it did', async () => {
    const turns = new Turns({ ofUser: 1, all: 4 });
    const first = begun(turns, 'ann');
    expect(await begun(turns, 'ann').outcome).toBe('BUSY');
    expect(await begun(turns, 'bob').end()).toBe('done');
    await first.fail();
    expect(await begun(turns, 'ann').end()).toBe('done');
  });

  it('of one user end one by one', async () => {
    const turns = new Turns({ ofUser: 2, all: 4 });
    const both = [begun(turns, 'ann'), begun(turns, 'ann')];
    await both[0]?.end();
    const third = begun(turns, 'ann');
    expect(await begun(turns, 'ann').outcome).toBe('BUSY');
    await third.end();
    await both[1]?.end();
  });

  it('are so many in all', async () => {
    const turns = new Turns({ ofUser: 1, all: 2 });
    const both = [begun(turns, 'ann'), begun(turns, 'bob')];
    expect(await begun(turns, 'eve').outcome).toBe('BUSY');
    await both[0]?.end();
    expect(await begun(turns, 'eve').end()).toBe('done');
  });
});
