import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../scripts/pack.mjs', import.meta.url));
let folder: Promise<string> | undefined;

/**
 * The package as a user gets it: built, packed with `npm pack` and installed into an empty folder. Made by the first who
 * asks after a change (about 15 s), shared by everyone else.
 *
 * @returns the folder F; the package is `F/node_modules/homebridge-everfocus-nvr`. Nothing may be written into it.
 */
export function packedPackage(): Promise<string> {
  folder ??= promisify(execFile)(process.execPath, [script]).then(({ stdout }) => stdout.trim());
  return folder;
}
