import { spawn } from 'node:child_process';
import { delimiter, join, resolve, sep } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

/** How long a command may take to end by itself once interrupted, ms. */
const endLimitMs = 2000;
/** The code of a command that took too long, as `timeout` of the shell has it. */
export const TIMED_OUT = 124;
const windows = process.platform === 'win32';

/**
 * Runs a command and keeps what it prints. SIGINT, SIGTERM and SIGHUP end it with all that it started.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, timeout?: number }} [options] timeout in ms, after which it is ended
 * @returns {Promise<{ code: number, output: string, stdout: string, stderr: string }>} code 127 where there is no such command, 124 where
 *   it took too long
 * @throws {Problem} INTERRUPTED, when nothing of the command is left
 */
export async function run(command, args, { cwd = root, timeout } = {}) {
  // npm is a .cmd file on Windows, which only a shell starts.
  const shell = windows && command === 'npm';
  const env = command === 'npm' ? { ...process.env, PATH: pathOutside(process.env.PATH ?? '', root) } : process.env;
  // Before the command can have done anything, a signal counts.
  const interruption = listenForSignals();
  // A process group of its own, so that what npm starts ends with npm.
  const child = spawn(command, args, { cwd, env, shell, detached: !windows, stdio: ['ignore', 'pipe', 'pipe'] });
  interruption.ends((signal) => kill(child, signal));
  let late = false;
  const patience =
    timeout &&
    setTimeout(() => {
      late = true;
      kill(child, 'SIGKILL');
    }, timeout);
  let output = '';
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
    output += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
    output += data;
  });
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', (error) => ('code' in error && error.code === 'ENOENT' ? resolve(127) : reject(error)));
      child.on('close', (code) => resolve(code ?? 1));
    });
    if (interruption.happened()) throw new Problem('INTERRUPTED', 'interrupted before it was done.');
    return { code: late ? TIMED_OUT : code, output, stdout, stderr };
  } finally {
    if (patience) clearTimeout(patience);
    interruption.close();
  }
}

/** Passes SIGINT, SIGTERM and SIGHUP on. */
function listenForSignals() {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {((signal: 'SIGTERM' | 'SIGKILL') => void) | undefined} */
  let kill;
  const end = () => {
    if (timer) return;
    kill?.('SIGTERM');
    timer = setTimeout(() => kill?.('SIGKILL'), endLimitMs);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, end);
  return {
    /** @param {(signal: 'SIGTERM' | 'SIGKILL') => void} how */
    ends: (how) => void (kill = how),
    happened: () => timer !== undefined,
    close: () => {
      for (const signal of signals) process.off(signal, end);
      clearTimeout(timer);
      if (timer) kill?.('SIGKILL');
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {'SIGTERM' | 'SIGKILL'} signal
 */
function kill(child, signal) {
  if (child.pid === undefined) return;
  try {
    // A console's Ctrl-C reaches every process on Windows by itself.
    if (windows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Nothing of it is left.
  }
}

/**
 * A PATH without this checkout's packages, one of which is an npm: npm is not to be run from a folder that it replaces.
 *
 * @param {string} path
 * @param {string} checkout
 */
export function pathOutside(path, checkout) {
  const modules = join(checkout, 'node_modules') + sep;
  return path
    .split(delimiter)
    .filter((folder) => !resolve(folder).startsWith(modules))
    .join(delimiter);
}

/**
 * Runs a Node script that should have little to say: its warnings are shown, and everything when it fails.
 *
 * @param {string} node
 * @param {string[]} args
 */
export async function runQuietly(node, args) {
  const { code, output, stderr } = await run(node, args);
  if (code !== 0) throw new Problem('STEP_FAILED', output.trim());
  process.stderr.write(stderr);
}
