import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest } from './digest.mjs';
import { root } from './paths.mjs';
import { runQuietly } from './processes.mjs';

const dist = join(root, 'dist');
const stamp = join(root, 'node_modules/.cache/everfocus-nvr/built');

/** Compiles `src` to `dist`, unless that is what `dist` already holds. */
export async function build() {
  const source = digest(['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']);
  if (existsSync(dist) && existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  rmSync(stamp, { force: true });
  rmSync(dist, { recursive: true, force: true });
  await runQuietly(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'tsconfig.build.json'),
    // `npm run types` is where types are checked.
    '--noCheck',
  ]);
  writeFileSync(stamp, source);
}
