import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isInstalled } from './installed.mjs';
import { withLock } from './lock.mjs';
import { explainNpmFailure } from './npm-failure.mjs';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';
import { run, TIMED_OUT } from './processes.mjs';
import { step } from './progress.mjs';

const modules = join(root, 'node_modules');
/** ms; who has no network learns it within 10 s. */
export const REGISTRY_TIMEOUT = 8000;
const node24 = join(modules, 'node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

// Outside node_modules, which `npm ci` deletes.
const lock = join(root, '.install/lock');
/** Is there from before the first change to node_modules until everything is in place, across interruptions. */
const unfinished = join(root, '.install/unfinished');

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

/** npm scripts run with the Node below node_modules, which the installation of something else may just have deleted. */
function hasNode() {
  return existsSync(node24) || (isNewEnough(process.versions.node) && existsSync(process.execPath));
}

/** @param {import('./installed.mjs').Lockfile} wanted */
function isComplete(wanted) {
  const present = readLockfile(join(modules, '.package-lock.json'));
  return hasNode() && !existsSync(unfinished) && isInstalled(wanted, present);
}

/**
 * npm itself tries for minutes before it gives up. A registry that answers, whatever it says, is left to the installation.
 *
 * @param {number} [timeout] ms
 * @throws {Problem} NO_NETWORK
 */
export async function checkRegistry(timeout = REGISTRY_TIMEOUT) {
  const patience = ['--fetch-retries=0', `--fetch-timeout=${timeout}`, '--prefer-online'];
  const { code, output } = await run('npm', ['view', 'qrcode-terminal', 'name', ...patience], { timeout });
  if (code === 0 || code === 127) return;
  const failure = code === TIMED_OUT ? explainNpmFailure('ETIMEDOUT') : explainNpmFailure(output);
  if (failure.code === 'NO_NETWORK') throw new Problem(failure.code, failure.advice);
}

/** @param {import('./installed.mjs').Lockfile} wanted */
async function install(wanted) {
  if (existsSync(unfinished) || !isInstalled(wanted, readLockfile(join(modules, '.package-lock.json')))) {
    mkdirSync(dirname(unfinished), { recursive: true });
    writeFileSync(unfinished, '');
    await step('ask the npm registry', () => checkRegistry());
    // No install scripts: those of the HAP test controller's Bluetooth packages compile C++, and nobody here needs them.
    await step('install packages from npm (a minute or two)', () =>
      npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']),
    );
    for (const [path, { optional }] of Object.entries(wanted.packages)) {
      const ffmpeg = join(root, path, 'ffmpeg');
      if (optional && path.includes('@ffmpeg-installer/') && existsSync(ffmpeg)) chmodSync(ffmpeg, 0o755);
    }
  }
  if (!hasNode()) await installNode();
  rmSync(unfinished, { force: true });
}

async function installNode() {
  const tooOld = `Node ${process.versions.node} is too old`;
  try {
    await step('install Node 24 below node_modules', () => npm(['rebuild', 'node']));
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'PACKAGE_MISSING')) throw error;
    const platform = `${process.platform} ${process.arch}`;
    throw new Problem('NO_NODE', `${tooOld}, and npm has no Node 24 for ${platform}: install Node 24 yourself.`);
  }
  if (existsSync(node24)) return;
  throw new Problem(
    'NO_NODE',
    `${tooOld}, and \`npm rebuild node\` did nothing: delete the folder node_modules and start again, or install Node 24 yourself.`,
  );
}

/**
 * Installs what is missing below `node_modules`, Node 24 included; one process at a time.
 *
 * @returns {Promise<string>} the Node to go on with
 */
export async function ensureInstalled() {
  /** @type {import('./installed.mjs').Lockfile} */
  const wanted = readLockfile(join(root, 'package-lock.json'));
  // The one that had to wait may find everything done.
  if (!isComplete(wanted))
    await withLock(
      lock,
      async () => void (isComplete(wanted) || (await install(wanted))),
      (holder) => process.stdout.write(`· wait for the installation that process ${holder} has begun …\n`),
    );
  return existsSync(node24) ? node24 : process.execPath;
}
