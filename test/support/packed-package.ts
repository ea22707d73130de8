import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../scripts/pack.mjs', import.meta.url));
const folders = new Map<'main' | 'simulator', Promise<string>>();

/**
 * A package as a user gets it: built, packed with `npm pack` and installed into an empty folder. Made by the first who
 * asks after a change (about 15 s), shared by everyone else.
 *
 * @returns the folder F; the package is `F/node_modules/homebridge-everfocus-nvr` or `F/node_modules/everfocus-simulator`.
 *   Nothing may be written into it.
 */
export function packedPackage(which: 'main' | 'simulator' = 'main'): Promise<string> {
  const folder =
    folders.get(which) ??
    promisify(execFile)(process.execPath, [script, ...(which === 'simulator' ? [which] : [])]).then(({ stdout }) =>
      stdout.trim(),
    );
  folders.set(which, folder);
  return folder;
}
