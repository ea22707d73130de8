import { describe, expect, it } from '@jest/globals';
import { type DeviceStore, MemoryStore, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

/** Logins that a client with that store needs until it is in. */
async function loginsWith(store?: DeviceStore): Promise<number> {
  const before = context.nvr.loginAttempts;
  const client = context.connect(store ? { store } : {});
  await client.call(operations.cameraList);
  await client.close();
  return context.nvr.loginAttempts - before;
}

describe('the dialect of an NVR', () => {
  it('is found out once, and remembered in the store for the next run', async () => {
    context.nvr.faults.shortLoginUri = true;
    const store = new MemoryStore();
    expect(await loginsWith(store)).toBe(2);
    expect(await loginsWith(store)).toBe(1);
    expect(await loginsWith()).toBe(2);
    expect(await store.read(`dialect ${context.client.address}`)).toEqual({ loginUri: '/login' });
  });

  it('is found out anew where the NVR changed its mind', async () => {
    const store = new MemoryStore();
    expect(await loginsWith(store)).toBe(1);
    context.nvr.faults.shortLoginUri = true;
    expect(await loginsWith(store)).toBe(2);
    expect(await loginsWith(store)).toBe(1);
  });

  it('is told by the client', async () => {
    expect(context.client.dialect).toEqual({});
    await context.client.call(operations.cameraList);
    expect(context.client.dialect).toEqual({ loginUri: '/admin/login' });
  });

  it.each([null, 'nonsense', { loginUri: '/elsewhere', playbackControl: 7 }, [1]])(
    'is not believed where the store holds %j',
    async (stored) => {
      const store = new MemoryStore();
      await store.write(`dialect ${context.client.address}`, stored);
      expect(await loginsWith(store)).toBe(1);
    },
  );

  it('is found out each time where the store fails in a way of its own', async () => {
    const clumsy = {
      read: () => Promise.resolve(undefined),
      write: () => {
        throw new Error('disk');
      },
    };
    expect(await loginsWith(clumsy)).toBe(1);
    await until('the warning', () => context.lines.some((line) => /^warn .*not remembered: Error: disk/.test(line)));
  });

  it('is found out each time where the store fails, with a warning', async () => {
    const broken = { read: () => Promise.reject(new Error('disk')), write: () => Promise.reject(new Error('disk')) };
    expect(await loginsWith(broken)).toBe(1);
    expect(context.lines).toContainEqual(expect.stringMatching(/^warn .*not remembered: Error: disk/));
  });
});
