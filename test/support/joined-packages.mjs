import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup/paths.mjs';

const modules = join(root, 'node_modules');
const cache = join(modules, '.cache/everfocus-tests');

/**
 * Jest loads every module anew for each test file. Of what the driver consists of, TypeBox has 700 and undici 110, half
 * of the time that loading it takes: each is joined into a few files, once.
 *
 * @returns {Promise<Record<string, string>>} for Jest's `moduleNameMapper`
 */
export async function joinedPackages() {
  const recipe = [import.meta.filename, ...['typebox', 'undici', 'esbuild'].map(manifest)].map(read).join('\n');
  const folder = join(cache, createHash('sha256').update(recipe).digest('hex').slice(0, 16));
  if (!existsSync(folder)) await joinInto(folder);
  return {
    '^typebox$': join(folder, 'typebox.mjs'),
    '^typebox/(.+)$': join(folder, 'typebox/$1.mjs'),
    '^undici$': join(folder, 'undici.mjs'),
  };
}

/** @param {string} name */
function manifest(name) {
  return join(modules, name, 'package.json');
}

/** @param {string} path */
function read(path) {
  return readFileSync(path, 'utf8');
}

/** @param {string} folder */
async function joinInto(folder) {
  const { build } = await import('esbuild');
  mkdirSync(cache, { recursive: true });
  // Whoever looks meanwhile finds either nothing or all of it.
  const unfinished = mkdtempSync(`${folder}-`);
  /** @type {import('esbuild').BuildOptions} */
  const options = {
    ...{ absWorkingDir: root, outdir: unfinished, outExtension: { '.js': '.mjs' } },
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node22' },
    // Less to read; errors still show the names of classes.
    ...{ minify: true, keepNames: true, legalComments: 'none' },
  };
  const { exports } = JSON.parse(read(manifest('typebox')));
  const entryPoints = Object.keys(exports).map((path) => ({ in: join('typebox', path), out: join('typebox', path) }));
  await build({ ...options, entryPoints, splitting: true });
  // CommonJS, whose names esbuild doesn't know, and which asks for Node's modules by `require`.
  const names = Object.keys(await import('undici')).filter((name) => !['default', 'module.exports'].includes(name));
  await build({
    ...options,
    entryNames: 'undici',
    stdin: { contents: `export { ${names.join(', ')} } from 'undici';`, resolveDir: root },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
  }
}
