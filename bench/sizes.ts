import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sum } from './processes.js';
import type { Row } from './report.js';
import { plugin } from './rig.js';

const MB = 1e6;

/** What a user fetches and what it takes on the disk; without the optional ffmpeg, which npm fetches by itself. */
export async function sizes(): Promise<Row[]> {
  const folder = await plugin();
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  const modules = join(folder, 'node_modules');
  const row = (what: string, bytes: number): Row => ({ what, unit: 'MB', ours: [bytes / MB] });
  return [
    row('the package as it is fetched (npm pack)', (await stat(join(folder, tarball))).size),
    row('· installed', await bytesIn(join(modules, 'homebridge-everfocus-nvr'))),
    row('· installed, with what it depends on', await bytesIn(modules)),
    { what: '· packages that it brings along', unit: '', ours: [(await packagesIn(modules)).length - 1] },
  ];
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return sum(await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)));
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = (await readdir(modules)).filter((name) => !name.startsWith('.'));
  const scoped = await Promise.all(
    names.filter((name) => name.startsWith('@')).map((name) => readdir(join(modules, name))),
  );
  return [...names.filter((name) => !name.startsWith('@')), ...scoped.flat()];
}
