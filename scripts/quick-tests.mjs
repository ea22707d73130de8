import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup/paths.mjs';

/** What starts a process, a browser or ffmpeg, or goes through millions of damaged messages. */
const HEAVY =
  /support\/mutations|node:child_process|node:cluster|playwright-core|\/(ffmpeg|tasks\/remux|tasks\/clip-mp4)(\/|\.js)|hap-controller/;
const IMPORT = /(?:from|import\()\s*'([^']+)'/g;

/**
 * The test files that need no process, browser or ffmpeg, nor a quarter of a minute, going by what they and their helpers
 * below `test` import.
 *
 * @returns {string[]} relative to the checkout
 */
export function quickTests() {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path))
    .filter((path) => !isHeavy(path, new Set()))
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
