import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './paths.mjs';

/** Held while `dist` is being written. */
export const lock = join(root, 'node_modules/.cache/everfocus-nvr/lock');

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Takes a lock file, also that of a process that is gone. Whoever gets `undefined` deletes the file when done.
 *
 * @param {string} path the lock file, which names its owner's process id
 * @returns {number | undefined} the process that holds it; 0 in the instant before it is named
 */
export function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = lockHolder(path);
    if (holder !== undefined) return holder;
    rmSync(path, { force: true });
  }
}

/**
 * One process at a time: tests in several workers, a demo and a person at the terminal may all want to build.
 *
 * @template T
 * @param {string} path the lock file
 * @param {() => Promise<T>} action
 * @param {(holder: number) => void} [waiting] called once where it has to wait for another process
 * @returns {Promise<T>}
 */
export async function withLock(path, action, waiting) {
  let holder = takeLock(path);
  if (holder !== undefined) waiting?.(holder);
  while (holder !== undefined) {
    await delay(100);
    holder = takeLock(path);
  }
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function lockHolder(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    // Written an instant after it is made: an empty one is held.
    return pid === 0 || isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
