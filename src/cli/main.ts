#!/usr/bin/env node
import { Ending, EXIT } from './failure.js';
import { run } from './run.js';

const end = new AbortController();

/** The second time nothing is waited for. */
function endOn(signal: 'SIGINT' | 'SIGTERM', exit: number): void {
  process.on(signal, () => {
    if (end.signal.aborted) process.exit(exit);
    end.abort(new Ending(exit));
  });
}

endOn('SIGINT', EXIT.interrupted);
endOn('SIGTERM', EXIT.terminated);
/** What was written is not there, and the work may be over already when that is known. */
let lost: number | undefined;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read it, `head` say, has had enough: that is no failure. A full disk is one.
  if (error.code === 'EPIPE') return end.abort(new Ending(EXIT.ok));
  if (lost === undefined) process.stderr.write(`everfocus: ${error.code}: ${error.message}\n`);
  process.exitCode = lost = EXIT.local;
  end.abort(new Ending(lost));
});
process.stderr.on('error', () => undefined);

const { stdin, stdout, stderr, env } = process;
const exit = await run({ args: process.argv.slice(2), env, stdin, stdout, stderr, signal: end.signal });
process.exitCode = lost ?? exit;
// A pipe that nobody closes must not keep the program.
stdin.destroy();
