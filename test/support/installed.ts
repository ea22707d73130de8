import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Packages that only some tests need, and that are too heavy or too old to stand among our own dependencies: those of
 * `test/support/<name>/package.json`, installed once for all runs, outside the checkout.
 *
 * @param finish what else belongs into the new `node_modules`
 * @returns the `node_modules`
 */
export async function installed(name: string, finish?: (modules: string) => Promise<void>): Promise<string> {
  const manifest = fileURLToPath(new URL(`${name}/`, import.meta.url));
  const lock = await readFile(join(manifest, 'package-lock.json'));
  const store = join(tmpdir(), `homebridge-everfocus-nvr-${name}`);
  const folder = join(store, createHash('sha256').update(lock).digest('hex').slice(0, 16));
  if (!(await readFile(join(folder, 'package.json')).catch(() => undefined))) {
    await mkdir(store, { recursive: true });
    const draft = await mkdtemp(join(store, 'draft-'));
    await cp(manifest, draft, { recursive: true });
    // Not `npm ci`: a lockfile may lack an optional package for macOS that not every registry has.
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], { cwd: draft });
    await finish?.(join(draft, 'node_modules'));
    // Whoever comes second finds the folder there already.
    await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(folder, 'node_modules');
}
