/** Something that the person at the terminal has to put right; shown without a stack trace. */
export class Problem extends Error {
  /**
   * @param {string} code stable, for searching
   * @param {string} message what is wrong and what to do
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs a script; a `Problem` ends it with its code and words, and exit code 1; 130 where it was interrupted.
 *
 * @param {() => Promise<void>} script
 */
export async function reportProblems(script) {
  try {
    await script();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`\n${error.code}: ${error.message}\n`);
    process.exitCode = error.code === 'INTERRUPTED' ? 130 : 1;
  }
}
