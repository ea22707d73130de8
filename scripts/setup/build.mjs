import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from './digest.mjs';
import { buildPalette } from './palette.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';

const cache = join(root, 'node_modules/.cache/everfocus-nvr');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const shared = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Compiles `src` to `dist`, the palette and the simulator to their own, unless that is what they hold already. */
export async function build() {
  await unlessBuilt(['dist'], shared, () => compile('tsconfig.build.json'));
  await unlessBuilt(['nodes', 'resources'], [...shared, 'scripts/setup/palette.mjs'], buildPalette);
  await unlessBuilt(
    ['packages/simulator/dist'],
    [...shared, 'packages/simulator/src', 'packages/simulator/tsconfig.build.json'],
    async () => {
      const folder = join(root, 'packages/simulator');
      // Bundled, since it takes the declarations and the frame codec from the driver's source.
      const entries = ['index', 'cli'].map((name) => join(folder, `src/${name}.ts`));
      const options = ['--bundle', '--splitting', '--platform=node', '--target=node22', '--format=esm'];
      await runQuietly(process.execPath, [
        join(root, 'node_modules/esbuild/bin/esbuild'),
        ...entries,
        ...options,
        '--packages=external',
        '--log-level=warning',
        `--outdir=${join(folder, 'dist')}`,
      ]);
      await compile('packages/simulator/tsconfig.build.json');
    },
  );
}

/** @param {string} project */
async function compile(project) {
  // `npm run types` is where types are checked.
  await runQuietly(process.execPath, [tsc, '-p', join(root, project), '--noCheck']);
}

/**
 * @param {string[]} outputs folders, emptied before they are built
 * @param {string[]} sources
 * @param {() => Promise<void>} make
 */
async function unlessBuilt(outputs, sources, make) {
  const stamp = join(cache, `built-${outputs.join('-').replaceAll('/', '-')}`);
  const source = digest(sources);
  const complete = outputs.every((output) => existsSync(join(root, output)));
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  rmSync(stamp, { force: true });
  for (const output of outputs) rmSync(join(root, output), { recursive: true, force: true });
  await make();
  writeFileSync(stamp, source);
}
