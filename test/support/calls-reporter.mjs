import { readFileSync } from 'node:fs';
import { callsOf, rowsOf } from '../../scripts/docs/calls.mjs';

/**
 * After a whole run: does docs/operations.md name for each row a test that really called it? A jest reporter.
 */
export default class CallsReporter {
  /** @type {Error | undefined} */
  #error;

  /** @param {unknown} _contexts @param {{ numFailedTestSuites: number }} results */
  onRunComplete(_contexts, { numFailedTestSuites }) {
    const folder = process.env['EVERFOCUS_CALLS'];
    if (!folder || numFailedTestSuites > 0) return;
    const calls = callsOf(folder);
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const untrue = rowsOf(page).filter(({ id, tests }) => !tests.some((test) => calls.get(test)?.[id]));
    if (untrue.length === 0) return;
    const ids = untrue.map(({ id, section }) => `${section} ${id}`).join(', ');
    this.#error = new Error(`docs/operations.md names no test that calls ${ids}: \`npm run docs\` puts it right`);
    process.stderr.write(`${this.#error.message}\n`);
  }

  getLastError() {
    return this.#error;
  }
}
