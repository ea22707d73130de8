import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup/paths.mjs';

/** What starts a process, a browser or ffmpeg, or goes through millions of damaged messages. */
const HEAVY =
  /support\/mutations|node:child_process|node:cluster|playwright-core|\/(ffmpeg|tasks\/remux|tasks\/clip-mp4)(\/|\.js)|hap-controller/;
/** What took five seconds of CPU or more, each by itself. */
const LONG = new Set(
  [
    ...['node-red/download', 'node-red/hostile-admin', 'node-red/operations', 'shared/capture-limits'],
    ...['shared/capture-replay', 'shared/clean-text', 'shared/declarations', 'shared/faults-by-consumer'],
    ...['shared/lacking-rights', 'shared/splitting'],
  ].map((name) => join('test', `${name}.test.ts`)),
);
const IMPORT = /(?:from|import\()\s*'([^']+)'/g;

/**
 * The test files that need no process, browser or ffmpeg, going by what they and their helpers below `test` import, nor
 * long.
 *
 * @returns {string[]} relative to the checkout
 */
export function quickTests() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path))
    .filter((path) => !LONG.has(path) && !isHeavy(path, new Set()))
    .sort();
}

/**
 * @param {string} path
 * @param {Set<string>} seen
 * @returns {boolean}
 */
function isHeavy(path, seen) {
  if (seen.has(path)) return false;
  seen.add(path);
  return [...readFileSync(join(root, path), 'utf8').matchAll(IMPORT)].some(([, name = '']) => {
    if (HEAVY.test(name)) return true;
    if (!name.startsWith('.')) return false;
    const target = join(dirname(path), name).replace(/\.js$/, '.ts');
    return /^(test|scripts)[/\\]/.test(target) && existsSync(join(root, target)) && isHeavy(target, seen);
  });
}
