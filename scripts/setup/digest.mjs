import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * One digest of files and of all that is in folders, names included.
 *
 * @param {string[]} paths relative to the checkout; those that are missing count as empty
 */
export function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.filter((path) => existsSync(join(root, path)))) {
    const absolute = join(root, path);
    const files = statSync(absolute).isDirectory()
      ? readdirSync(absolute, { recursive: true, encoding: 'utf8' }).sort()
      : [''];
    for (const file of files) {
      const full = join(absolute, file);
      if (statSync(full, { throwIfNoEntry: false })?.isFile())
        hash.update(`${path}/${file}\0`).update(readFileSync(full)).update('\0');
    }
  }
  return hash.digest('hex').slice(0, 16);
}
