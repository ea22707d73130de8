// Builds, packs and installs a package as a user gets it, and prints the folder that it was installed into:
// ours, or with `simulator` that of the simulator.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './setup/build.mjs';
import { digest } from './setup/digest.mjs';
import { lock, withLock } from './setup/lock.mjs';
import { root } from './setup/paths.mjs';
import { Problem, reportProblems } from './setup/problem.mjs';
import { run } from './setup/processes.mjs';

const dayMs = 24 * 60 * 60 * 1000;
// Outside the checkout, so that nothing of its node_modules can stand in for a dependency that the package forgot.
const store = join(tmpdir(), 'homebridge-everfocus-nvr-packed');

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function npm(args, cwd) {
  const { code, output } = await run('npm', args, { cwd });
  if (code !== 0) throw new Problem('PACK_FAILED', output);
}

/** @param {string} path of the package, relative to the checkout */
async function pack(path) {
  await build();
  const { files } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  const contents = ['package.json', 'README.md', 'LICENSE', ...files];
  const folder = join(store, digest(contents.map((name) => join(path, name))));
  if (existsSync(folder)) return folder;
  forgetOld();
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  await npm(['pack', '--ignore-scripts', '--pack-destination', draft], join(root, path));
  const tarball = readdirSync(draft).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(draft, 'package.json'), '{ "private": true }\n');
  await npm(
    ['install', '--ignore-scripts', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`],
    draft,
  );
  renameSync(draft, folder);
  return folder;
}

function forgetOld() {
  if (!existsSync(store)) return;
  for (const name of readdirSync(store)) {
    const folder = join(store, name);
    if (Date.now() - statSync(folder).mtimeMs > dayMs) rmSync(folder, { recursive: true, force: true });
  }
}

await reportProblems(
  async () =>
    void process.stdout.write(
      `${await withLock(lock, () => pack(process.argv[2] === 'simulator' ? 'packages/simulator' : '.'))}\n`,
    ),
);
