import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

/** A checkout in which nothing is installed yet. */
const checkout = mkdtempSync(join(tmpdir(), 'bare-checkout-'));
beforeAll(() => {
  const root = join(import.meta.dirname, '../..');
  cpSync(join(root, 'scripts'), join(checkout, 'scripts'), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(checkout, 'package.json'));
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function demo(...args: readonly string[]) {
  const script = join(checkout, 'scripts/run.mjs');
  // Where it began to install, no registry would answer.
  const env = { PATH: process.env['PATH'], HOME: checkout, npm_config_registry: 'http://127.0.0.1:1/' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'demo', ...args], {
    ...{ cwd: checkout, env, encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' },
  });
  return { status, stdout, stderr, files: readdirSync(checkout).toSorted() };
}

it.each([
  [['--cameras', '0'], '--cameras'],
  [['--bogus'], '--bogus'],
  [['--homekit-port', '8090'], '8090'],
])('the demo refuses %j before anything is installed', (args, named) => {
  expect(demo(...args)).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^\\nINVALID_OPTION: .*${named}`)),
    files: ['package.json', 'scripts'],
  });
});

it('the demo shows its help before anything is installed', () => {
  const { status, stdout, stderr, files } = demo('--help');
  expect([status, stderr, files]).toEqual([0, '', ['package.json', 'scripts']]);
  expect(stdout).toMatch(/^npm run demo \[-- options\]\n/);
});
