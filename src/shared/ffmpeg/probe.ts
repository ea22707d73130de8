import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** An ffmpeg that runs on this machine, and what it can do. */
export interface Ffmpeg {
  /** A path, or the bare name of what PATH leads to; empty if there is none. */
  readonly path: string;
  /** Such as `7.1` or `N-47683-g0e8eb07980`; empty if there is none. */
  readonly version: string;
  readonly encoders: ReadonlySet<string>;
}

/** Where no ffmpeg was found: video that HomeKit can show passes without one. */
export const noFfmpeg: Ffmpeg = { path: '', version: '', encoders: new Set() };

const run = promisify(execFile);
/** ms. Slow storage needs some for the first start. */
const PROBE_TIMEOUT = 10_000;
const MAX_OUTPUT = 4 * 1024 * 1024;

/** Version and encoders of the ffmpeg at `path`, or `undefined` if it does not run or is no ffmpeg. */
export async function probe(path: string): Promise<Ffmpeg | undefined> {
  try {
    const options = { timeout: PROBE_TIMEOUT, maxBuffer: MAX_OUTPUT };
    const [version, encoders] = await Promise.all([
      run(path, ['-hide_banner', '-version'], options),
      run(path, ['-hide_banner', '-encoders'], options),
    ]);
    const found = parseVersion(version.stdout);
    // Any program may answer without an error; only ffmpeg says that it is one.
    return found === undefined ? undefined : { path, version: found, encoders: parseEncoders(encoders.stdout) };
  } catch {
    return undefined;
  }
}

/** @param text what `ffmpeg -version` prints */
export function parseVersion(text: string): string | undefined {
  return /^ffmpeg version (\S+)/m.exec(text)?.[1];
}

/** Names of the encoders in what `ffmpeg -encoders` prints: a line each, after six flags. */
export function parseEncoders(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^ [VAS][A-Z.]{5} (\w+)/gm)].flatMap((match) => match[1] ?? []));
}
