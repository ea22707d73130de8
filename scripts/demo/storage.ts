import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../setup/lock.mjs';
import { Problem } from '../setup/problem.mjs';

const parts = ['homebridge', 'node-red', 'mqtt'];
/** Tells that the parts in this folder are the demo's. */
const marker = '.everfocus-demo';

/**
 * Takes the folder in which Homebridge and Node-RED keep their data, until it is disposed of. Throws a `Problem`:
 * STORAGE_UNUSABLE, STORAGE_FOREIGN or STORAGE_IN_USE.
 *
 * @param reset empties it first
 */
export function openStorage(
  folder: string,
  { reset }: { readonly reset: boolean },
): Disposable & { readonly folder: string } {
  const mark = join(folder, marker);
  const lock = join(folder, 'demo.lock');
  const holder = usable(folder, () => {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(mark) && parts.some((part) => existsSync(join(folder, part))))
      throw new Problem(
        'STORAGE_FOREIGN',
        `${folder} has a folder ${parts.join(' or ')} that the demo did not make. Choose another with --storage.`,
      );
    return takeLock(lock);
  });
  if (holder !== undefined)
    throw new Problem(
      'STORAGE_IN_USE',
      `Another demo (process ${holder}) uses ${folder}. Stop it, or choose another folder with --storage.`,
    );
  if (reset) for (const part of parts) rmSync(join(folder, part), { recursive: true, force: true });
  writeFileSync(mark, 'The demo of homebridge-everfocus-nvr keeps its data here; --reset deletes it.\n');
  return { folder, [Symbol.dispose]: () => rmSync(lock, { force: true }) };
}

function usable<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Problem('STORAGE_UNUSABLE', `${folder} cannot be used (${why}). Choose another with --storage.`);
  }
}
