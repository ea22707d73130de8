import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withLock } from '../../scripts/setup/lock.mjs';

describe('a lock file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-lock-'));
  const path = join(folder, 'lock');
  beforeEach(() => rmSync(path, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lets one in after the other', async () => {
    const told: string[] = [];
    const first = Promise.withResolvers<unknown>();
    const one = withLock(path, async () => {
      told.push('one in');
      await first.promise;
      told.push('one out');
    });
    const two = withLock(path, async () => void told.push('two in'));
    first.resolve(undefined);
    await Promise.all([one, two]);
    expect(told).toEqual(['one in', 'one out', 'two in']);
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(withLock(path, () => Promise.resolve('in'))).resolves.toBe('in');
  });

  it('of a process that is gone does not count', async () => {
    writeFileSync(path, '2147483646');
    await expect(withLock(path, () => Promise.resolve('in'))).resolves.toBe('in');
  });
});
