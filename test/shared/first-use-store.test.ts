import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type DeviceStore, FileStore, operations, StoreError } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { storeOf } from './store-of.js';
import { makeIdentity, startTlsFront } from './tls-front.js';
import { withNvr } from './with-nvr.js';

const own = makeIdentity();
const stranger = makeIdentity();

describe('trust on first use with a store that fails', () => {
  const context = withNvr();

  const behind = async (store: DeviceStore) => {
    const front = await startTlsFront(context.nvr, own);
    return { front, client: context.connect({ https: true, port: front.port, store }) };
  };

  it.each<[string, Partial<DeviceStore>]>([
    ['cannot be read', { read: () => Promise.reject(new StoreError('damaged')) }],
    ['cannot be read, and does not say so by a code', { read: () => Promise.reject(new Error('EIO')) }],
    ['holds something else', { read: async () => ({ fingerprint: 'AA' }) }],
    ['cannot be written', { write: () => Promise.reject(new Error('ENOSPC')) }],
  ])('because it %s, trusts nobody and says nothing', async (_, failing) => {
    const { front, client: opened } = await behind(storeOf(failing));
    await using client = opened;
    await expect(client.call(operations.getPort)).rejects.toMatchObject({ code: 'STORE_FAILED', recoverable: true });
    const codes: unknown[] = [];
    client.events.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    await until('the hook to fail', () => codes.length > 0);
    expect(codes[0]).toBe('STORE_FAILED');
    expect(front.heard(own)).toBe(0);
  });

  it('goes on by itself once the store works again', async () => {
    let broken = true;
    const store = storeOf({ read: async () => (broken ? Promise.reject(new Error('EIO')) : undefined) });
    const { client: opened } = await behind(store);
    await using client = opened;
    client.events.subscribe({ message: () => undefined });
    await expect(client.call(operations.getPort)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    broken = false;
    await client.call(operations.getPort);
    await until('the hook to connect', () => client.events.connected);
  });

  it('on disk: a damaged pin trusts nobody until somebody decides, a lost one is learnt anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'everfocus-trust-'));
    try {
      const { front, client: opened } = await behind(new FileStore(folder));
      await using client = opened;
      await client.call(operations.getPort);
      const [file = ''] = readdirSync(folder);
      writeFileSync(join(folder, file), '{"fingerp');
      front.cut();
      await expect(client.call(operations.getPort)).rejects.toMatchObject({ code: 'STORE_FAILED' });
      await client.trustCertificate(own.fingerprint);
      await client.call(operations.getPort);

      rmSync(join(folder, file));
      front.show(stranger);
      front.cut();
      await client.call(operations.getPort);
      const told = context.lines.filter((line) => line.includes('first seen'));
      expect(told).toEqual([own, stranger].map(({ fingerprint }) => expect.stringContaining(fingerprint)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
