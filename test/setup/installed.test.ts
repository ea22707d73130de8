import { describe, expect, it } from '@jest/globals';
import { isInstalled } from '../../scripts/setup/installed.mjs';

describe('whether the packages of the lock file are installed', () => {
  const lock = (packages: Record<string, { version: string; optional?: boolean }>) => ({ packages });
  const wanted = lock({ '': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0' } });

  it.each([
    ['nothing was ever installed', wanted, undefined, false],
    ['all is there', wanted, lock({ 'node_modules/a': { version: '1.0.0' } }), true],
    [
      'more is there',
      wanted,
      lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } }),
      true,
    ],
    ['another version is there', wanted, lock({ 'node_modules/a': { version: '1.0.1' } }), false],
    ['one is missing', wanted, lock({}), false],
    [
      'one for another platform is missing',
      lock({ 'node_modules/a': { version: '1.0.0', optional: true } }),
      lock({}),
      true,
    ],
  ])('%s', (_, lockfile, present, expected) => {
    expect(isInstalled(lockfile, present)).toBe(expected);
  });
});
