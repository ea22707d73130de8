import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

/**
 * Runs a command and keeps what it prints.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} code 127 where there is no such command
 */
export function run(command, args, { cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd file on Windows, which only a shell starts.
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      output += data;
    });
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) =>
      'code' in error && error.code === 'ENOENT' ? resolve({ code: 127, output: '', stdout: '' }) : reject(error),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output, stdout }));
  });
}

/**
 * Runs a Node script that should have nothing to say; what it says is shown when it fails.
 *
 * @param {string} node
 * @param {string[]} args
 */
export async function runQuietly(node, args) {
  const { code, output } = await run(node, args);
  if (code !== 0) throw new Problem('STEP_FAILED', output.trim());
}
