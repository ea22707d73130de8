import { describe, expect, it } from '@jest/globals';
import { explainNpmFailure } from '../../scripts/setup/npm-failure.mjs';

describe('what npm failed of', () => {
  it.each([
    ['npm error code ENOTFOUND\nnpm error network request to https://registry.example failed', 'NO_NETWORK'],
    ['npm error code ECONNREFUSED', 'NO_NETWORK'],
    ['npm error code ENOSPC\nnpm error nospc There appears to be insufficient space', 'NO_DISK_SPACE'],
    ['npm error code EACCES\nnpm error path /usr/lib', 'NO_PERMISSION'],
    ['npm error code E404', 'PACKAGE_MISSING'],
    ['npm error code EINTEGRITY', 'PACKAGE_DAMAGED'],
    ['npm error code EUSAGE\nnpm error Missing: a@1 from lock file', 'LOCKFILE_STALE'],
    ['npm error something new', 'NPM_FAILED'],
  ])('%j is %s', (output, code) => {
    expect(explainNpmFailure(output).code).toBe(code);
  });
});
