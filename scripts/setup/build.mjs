import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from './digest.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';

const cache = join(root, 'node_modules/.cache/everfocus-nvr');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const shared = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Compiles `src` to `dist` and the simulator to its own, unless that is what they hold already. */
export async function build() {
  await unlessBuilt('dist', shared, () => compile('tsconfig.build.json'));
  await unlessBuilt(
    'packages/simulator/dist',
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
 * @param {string} output folder, emptied before it is built
 * @param {string[]} sources
 * @param {() => Promise<void>} make
 */
async function unlessBuilt(output, sources, make) {
  const stamp = join(cache, `built-${output.replaceAll('/', '-')}`);
  const source = digest(sources);
  if (existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  rmSync(stamp, { force: true });
  rmSync(join(root, output), { recursive: true, force: true });
  await make();
  writeFileSync(stamp, source);
}
