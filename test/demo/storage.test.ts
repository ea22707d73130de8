import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStorage } from '../../scripts/demo/storage.js';

describe('the storage of the demo', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'everfocus-storage-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = () => join(folder, 'homebridge/config.json');
  const fill = () => {
    mkdirSync(join(folder, 'homebridge'));
    writeFileSync(file(), '{}');
  };
  const code = (code: string) => expect.objectContaining({ code });

  it.each([
    [false, true],
    [true, false],
  ])('with reset %j: what an earlier demo left is there: %j', (reset, kept) => {
    openStorage(folder, { reset: false })[Symbol.dispose]();
    fill();
    openStorage(folder, { reset })[Symbol.dispose]();
    expect(existsSync(file())).toBe(kept);
  });

  it.each([true, false])('leaves what others made alone, with reset %j', (reset) => {
    fill();
    expect(() => openStorage(folder, { reset })).toThrow(code('STORAGE_FOREIGN'));
    expect(existsSync(file())).toBe(true);
  });

  it('serves one demo at a time', () => {
    const first = openStorage(folder, { reset: false });
    fill();
    expect(() => openStorage(folder, { reset: true })).toThrow(code('STORAGE_IN_USE'));
    expect(existsSync(file())).toBe(true);
    first[Symbol.dispose]();
    openStorage(folder, { reset: false });
  });

  it('of a demo that is gone is taken over', () => {
    writeFileSync(join(folder, 'demo.lock'), '2147483646');
    expect(() => openStorage(folder, { reset: false })).not.toThrow();
  });

  it('is a folder', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(() => openStorage(path, { reset: true })).toThrow(code('STORAGE_UNUSABLE'));
  });
});
