import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from '../setup/paths.mjs';

/** Where `npm test` notes what its tests called. */
export const CALLS_FOLDER = join(root, 'node_modules/.cache/everfocus-nvr/calls');

/** Test files named for one row; the first few are those that say most about it. */
const MAX_TESTS = 3;

/**
 * What each test file called in the last whole run, by its name as the page has it.
 *
 * @param {string} folder
 * @returns {Map<string, Record<string, number>>}
 */
export function callsOf(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    files.map((file) => {
      const { testPath, calls } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const name = relative(join(root, 'test'), testPath).replaceAll(sep, '/');
      return [name.replace(/\.test\.ts$/, ''), calls];
    }),
  );
}

/**
 * The tests that called it, the one that is most about it first: of which it is the largest share.
 *
 * @param {string} id
 * @param {ReadonlyMap<string, Record<string, number>>} calls
 * @returns {string[]}
 */
export function testsOf(id, calls) {
  return [...calls]
    .filter(([, counts]) => counts[id])
    .map(([name, counts]) => ({ name, share: (counts[id] ?? 0) / Object.values(counts).reduce((a, b) => a + b, 0) }))
    .sort((one, other) => other.share - one.share || one.name.localeCompare(other.name))
    .slice(0, MAX_TESTS)
    .map(({ name }) => name);
}

/**
 * Rows of the page as it is.
 *
 * @param {string} page
 * @returns {{ section: string, id: string, tests: string[] }[]}
 */
export function rowsOf(page) {
  return page
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim()))
    .map(([section = '', id = '', , , , , tests = '']) => ({
      section: section.split(' ')[0] ?? '',
      id: id.replaceAll('`', ''),
      tests: tests.split(', ').filter((test) => test !== ''),
    }));
}
