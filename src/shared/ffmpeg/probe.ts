import type { Children } from './children.js';
import type { Ffmpeg } from './ffmpeg.js';

/** ms. Slow storage needs some for the first start. */
const PROBE_TIMEOUT = 10_000;

/** Version and encoders of the ffmpeg at `path`, or `undefined` if it does not run or is no ffmpeg. */
export async function probe(path: string, children: Children): Promise<Ffmpeg | undefined> {
  const ask = async (question: string): Promise<string> => {
    const child = children.start('probe', path, ['-hide_banner', question], { name: path });
    const { output, exit } = await children.output(child, PROBE_TIMEOUT);
    if (exit.code !== 0) throw new Error(exit.complaint);
    return output.toString();
  };
  try {
    const [version, encoders] = await Promise.all([ask('-version'), ask('-encoders')]);
    const found = parseVersion(version);
    // Any program may answer without an error; only ffmpeg says that it is one.
    return found === undefined ? undefined : { path, version: found, encoders: parseEncoders(encoders), children };
  } catch {
    return undefined;
  }
}

/** @param text what `ffmpeg -version` prints */
export function parseVersion(text: string): string | undefined {
  return /^ffmpeg version (\S{1,100})/m.exec(text)?.[1];
}

/** Names of the encoders in what `ffmpeg -encoders` prints: a line each, after six flags. */
export function parseEncoders(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^ [VAS][A-Z.]{5} (\w+)/gm)].flatMap((match) => match[1] ?? []));
}
