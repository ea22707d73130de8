import { joinedPackages } from './test/support/joined-packages.mjs';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Many tests wait for processes and sockets: a core that is left free would only make the run longer.
  maxWorkers: '100%',
  roots: ['<rootDir>/test', '<rootDir>/src'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Tests bound their own waiting, in time that counts (`until`); this catches what hangs, also on a machine with six times as
  // much to do as it can. The first test after a change packs the package.
  testTimeout: 240_000,
  setupFilesAfterEnv: ['<rootDir>/test/support/every-test.ts'],
  reporters: ['default', '<rootDir>/test/support/calls-reporter.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    ...(await joinedPackages()),
    '^fast-check$': '<rootDir>/test/support/seeded-fast-check.ts',
  },
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
};
