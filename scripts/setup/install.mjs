import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from './installed.mjs';
import { explainNpmFailure } from './npm-failure.mjs';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

const modules = join(root, 'node_modules');
const node24 = join(modules, 'node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** @param {string[]} args */
async function npm(args) {
  const { code, output } = await run('npm', args);
  if (code === 127)
    throw new Problem(
      'NO_NPM',
      'npm is not on the PATH. It comes with Node: install Node 20 or later from your system or nodejs.org.',
    );
  if (code === 0) return;
  const failure = explainNpmFailure(output);
  const words = output.split('\n').filter((line) => !line.startsWith('npm warn'));
  process.stderr.write(`${words.slice(0, 30).join('\n')}\n`);
  throw new Problem(failure.code, failure.advice);
}

/** @param {string} path */
function readLockfile(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Node-RED 5's floor; the `node` package has no binary for some platforms (Alpine, for one).
 *
 * @param {string} version
 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 9);
}

/**
 * Installs what is missing below `node_modules`, Node 24 included.
 *
 * @returns {Promise<string>} the Node to go on with
 */
export async function ensureInstalled() {
  const wanted = readLockfile(join(root, 'package-lock.json'));
  if (!isInstalled(wanted, readLockfile(join(modules, '.package-lock.json')))) {
    // No install scripts: those of the HAP test controller's Bluetooth packages compile C++, and nobody here needs them.
    await step('install packages from npm (a minute or two)', () =>
      npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']),
    );
    for (const [path, { optional }] of Object.entries(wanted.packages)) {
      const ffmpeg = join(root, path, 'ffmpeg');
      if (optional && path.includes('@ffmpeg-installer/') && existsSync(ffmpeg)) chmodSync(ffmpeg, 0o755);
    }
  }
  if (existsSync(node24)) return node24;
  if (isNewEnough(process.versions.node)) return process.execPath;
  await step('install Node 24 below node_modules', () => npm(['rebuild', 'node']));
  if (existsSync(node24)) return node24;
  throw new Problem(
    'NO_NODE',
    `Node ${process.versions.node} is too old, and npm has no Node 24 for ${process.platform} ${process.arch}: install Node 24.`,
  );
}
