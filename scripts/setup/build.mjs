import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from './digest.mjs';
import { buildPalette } from './palette.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';
import { buildSettingsPage } from './settings-page.mjs';

const cache = join(root, 'node_modules/.cache/everfocus-nvr');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
/** Sources of what runs in browsers: bundled, by builds of their own. */
const inBrowser = /node-red[\\/](editor|nodes[\\/][^\\/]+[\\/](editor|widget)\b)|settings-page[\\/]page[\\/]/;
/** What the Node that we promise runs. @type {import('esbuild').BuildOptions} */
const forNode = { platform: 'node', target: 'node22', format: 'esm', logLevel: 'warning' };
const shared = ['src', 'scripts/setup', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Compiles `src` to `dist`, the palette and the simulator to their own, unless that is what they hold already. */
export async function build() {
  const esbuild = await import('esbuild');
  await unlessBuilt(['dist'], shared, async () => {
    // Without comments, a fifth of it; the driver's typings have them.
    const files = sourcesOf('src').filter((file) => !inBrowser.test(file));
    const places = { outbase: join(root, 'src'), outdir: join(root, 'dist') };
    // The live view and what holds connections keep their lines, for stack traces in reports; elsewhere the size counts more.
    const inAny = (/** @type {string[]} */ folders) => (/** @type {string} */ file) =>
      folders.some((path) => file.startsWith(join(root, path)));
    const isLive = inAny(['src/homebridge/live/']);
    const floors = ['codec', 'discovery', 'ffmpeg', 'rtsp', 'state', 'tasks', 'values', 'wire'];
    const isOther = inAny(['src/homebridge/', ...floors.map((floor) => `src/shared/${floor}/`)]);
    const isPacked = (/** @type {string} */ file) => isOther(file) && !isLive(file);
    // Data, and programs that show no stack: nobody reads the names of their variables.
    const programs = ['src/cli/', 'src/doctor/', 'src/mqtt/', 'src/node-red/'];
    const isBare = inAny(['src/shared/sdk/', 'src/shared/diagnosis/', ...programs]);
    const compile = (/** @type {string[]} */ entryPoints, /** @type {import('esbuild').BuildOptions} */ more = {}) =>
      esbuild.build({ entryPoints, ...forNode, ...places, minifySyntax: true, ...more });
    await compile(files.filter((file) => !isPacked(file) && !isBare(file)));
    await compile(files.filter(isPacked), { minifyWhitespace: true });
    await compile(files.filter(isBare), { minifyWhitespace: true, minifyIdentifiers: true });
    dropComments(join(root, 'dist'));
    await declare('tsconfig.build.json');
    // What reads typings takes half a second to load: not where there is nothing to build.
    const { bundleTypings } = await import('./typings.mjs');
    bundleTypings(join(root, 'dist/shared/index.d.ts'));
  });
  await unlessBuilt(['nodes', 'resources'], shared, buildPalette);
  await unlessBuilt(['homebridge-ui'], shared, buildSettingsPage);
  await unlessBuilt(
    ['packages/simulator/dist'],
    [...shared, 'packages/simulator/src', 'packages/simulator/tsconfig.build.json'],
    async () => {
      const folder = join(root, 'packages/simulator');
      // Bundled, since it takes the declarations and the frame codec from the driver's source.
      const entryPoints = ['index', 'cli'].map((name) => join(folder, `src/${name}.ts`));
      const bundled = { bundle: true, splitting: true, outdir: join(folder, 'dist') };
      await esbuild.build({ entryPoints, ...forNode, ...bundled, packages: 'external' });
      await declare('packages/simulator/tsconfig.build.json');
    },
  );
}

/**
 * esbuild leaves the comments of members of classes and objects in.
 *
 * @param {string} folder
 */
function dropComments(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const file = join(folder, name);
    // Those that have lines of their own: no text of ours begins a line like that.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^[ \t]*\/\*\*(?:[^*]|\*(?!\/))*\*\/\n/gm, ''));
  }
}

/** @param {string} folder */
function sourcesOf(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, folder, file));
}

/**
 * Writes typings.
 *
 * @param {string} project
 */
async function declare(project) {
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
