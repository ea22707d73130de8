import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DeviceStore, FileStore, MemoryStore } from '../../src/shared/index.js';
import { limits } from '../../src/shared/limits.js';

const key = 'certificate [::1]:443';

describe.each<[string, (folder: string) => DeviceStore]>([
  ['MemoryStore', () => new MemoryStore()],
  ['FileStore', (folder) => new FileStore(join(folder, 'new', 'store'))],
])('%s', (_, make) => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'everfocus-store-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('knows nothing at first', async () => {
    expect(await make(folder).read(key)).toBeUndefined();
  });

  it('gives back what was written last, by key', async () => {
    const store = make(folder);
    await store.write(key, { fingerprint: 'AA' });
    await store.write('../*', [1, null]);
    await store.write(key, { fingerprint: 'BB' });
    expect(await store.read(key)).toEqual({ fingerprint: 'BB' });
    expect(await store.read('../*')).toEqual([1, null]);
  });

  it('keeps a copy', async () => {
    const store = make(folder);
    const value = { list: [1] };
    await store.write(key, value);
    value.list.push(2);
    expect(await store.read(key)).toEqual({ list: [1] });
    ((await store.read(key)) as typeof value).list.push(3);
    expect(await store.read(key)).toEqual({ list: [1] });
  });
});

describe('FileStore on disk', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'everfocus-store-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const only = () => join(folder, readdirSync(folder)[0] ?? '');

  it('is seen by other stores of that folder, now and after a restart', async () => {
    await new FileStore(folder).write(key, 1);
    expect(await new FileStore(folder).read(key)).toBe(1);
  });

  it.each<[string, (path: string) => void]>([
    ['far too long', (path) => truncateSync(path, 1e9)],
    ['a device without end', (path) => (rmSync(path), symlinkSync('/dev/zero', path))],
    ['a pipe that nobody writes into', (path) => (rmSync(path), execFileSync('mkfifo', [path]))],
    ['a folder', (path) => (rmSync(path), mkdirSync(path))],
  ])('tells at once that what is there is no file of its own: %s', async (_case, replace) => {
    const store = new FileStore(folder);
    await store.write(key, 1);
    replace(only());
    await expect(store.read(key)).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('writes nothing that it could not read again, and leaves what is there', async () => {
    const store = new FileStore(folder);
    const entry = {
      host: '192.168.100.200',
      port: 8443,
      https: true,
      username: 'administrator',
      password: 'p'.repeat(64),
    };
    const thousand = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`recorder-${index}`, entry]));
    await store.write(key, thousand);
    await expect(store.write(key, 'x'.repeat(limits.store.file))).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/cannot be written: it is larger than/) as unknown,
    });
    expect(await store.read(key)).toEqual(thousand);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('leaves whole files only, however many write at once', async () => {
    const stores = [new FileStore(folder), new FileStore(folder)];
    const values = Array.from({ length: 20 }, (_, index) => 'x'.repeat(1000 * index));
    const reader = stores[0] as FileStore;
    await Promise.all([
      ...values.map((value, index) => stores[index % 2]?.write(key, value)),
      ...values.map(async () => expect([undefined, ...values]).toContain(await reader.read(key))),
    ]);
    expect(values).toContain(await reader.read(key));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is for its owner only, whoever may read the folder', async () => {
    chmodSync(folder, 0o755);
    await new FileStore(folder).write(key, 1);
    expect(statSync(only()).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{"fingerprint":"A', 'ÿþ'])('refuses a damaged file (%j) until it is written anew', async (text) => {
    const store = new FileStore(folder);
    await store.write('other', 2);
    const [other] = readdirSync(folder);
    await store.write(key, 1);
    const file = readdirSync(folder).find((name) => name !== other) ?? '';
    writeFileSync(join(folder, file), text);
    await expect(store.read(key)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining(join(folder, file)),
    });
    expect(await store.read('other')).toBe(2);
    await store.write(key, 3);
    expect(await store.read(key)).toBe(3);
  });

  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  it.each([deep(33), deep(500_000), `[${'0,'.repeat(150_000)}0]`])(
    'takes a file for damaged that has more in it than any of ours: %#',
    async (text) => {
      const store = new FileStore(folder);
      await store.write(key, 1);
      writeFileSync(only(), text);
      await expect(store.read(key)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    },
  );

  it('writes nothing that it could not read again, and keeps what is there', async () => {
    const store = new FileStore(folder);
    await store.write(key, JSON.parse(deep(32)));
    await expect(store.write(key, JSON.parse(deep(33)))).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await store.read(key)).toEqual(JSON.parse(deep(32)));
  });

  it('says where it can neither read nor write, and leaves nothing half-written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const store = new FileStore(file);
    await expect(store.read(key)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.write(key, 1)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(new FileStore(folder).write(key, 1n)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(existsSync(folder) && readdirSync(folder)).toEqual(['file']);
  });
});
