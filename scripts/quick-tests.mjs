import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './setup/paths.mjs';

/** What starts a process, a browser, ffmpeg or a Node-RED, or goes through millions of damaged messages. */
const HEAVY =
  /support\/(mutations|runtime)|node:child_process|node:cluster|playwright-core|\/(ffmpeg|tasks\/remux|tasks\/clip-mp4)(\/|\.js)|hap-controller/;
/** What took seven seconds or more on a small machine that was busy. */
const LONG = new Set(
  [
    ...['homebridge/connection-test', 'shared/calls', 'shared/capture-limits', 'shared/capture-replay'],
    ...['shared/clean-text', 'shared/declarations', 'shared/diagnose', 'shared/faults-by-consumer', 'shared/first-use'],
    ...['node-red/download', 'shared/lacking-rights', 'shared/notice-hooks', 'shared/odd-devices', 'shared/pin-pulse'],
    ...['shared/playback-disturbed', 'shared/recorded', 'shared/sound-file', 'shared/splitting', 'shared/talk'],
    ...['simulator/hostile', 'simulator/replay', 'simulator/rtsp/session'],
  ].map((name) => join('test', `${name}.test.ts`)),
);
const IMPORT = /(?:from|import\()\s*'([^']+)'/g;

/**
 * The test files that need no process, browser, ffmpeg or Node-RED, going by what they and their helpers below `test`
 * import, nor long.
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
