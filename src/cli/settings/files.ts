import { type CallOptions, type Nvr, NvrRefusedError, operations } from '../../shared/index.js';
import { filedSettings, type FiledSettings, type Source } from './pairs.js';

/** One file and what it holds. */
export interface Part {
  readonly pair: FiledSettings;
  readonly file: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * The files of these settings at this NVR.
 *
 * @param note told where the NVR keeps the list of its users to itself
 * @throws what `call` throws
 */
export async function partsOf(
  client: Nvr,
  pairs: readonly FiledSettings[],
  options: CallOptions,
  note: (text: string) => void,
): Promise<Part[]> {
  const isAsked = (list: Source) => pairs.some(({ sources }) => sources.some(([, source]) => source === list));
  const cameras = isAsked('cameras') ? await client.call(operations.cameraList, {}, options) : [];
  const users = isAsked('users')
    ? await client.call(operations.userList, {}, options).catch((error: unknown) => {
        if (!(error instanceof NvrRefusedError)) throw error;
        note(`users: ${error.message}`);
        return [];
      })
    : [];
  const numbers = {
    cameras: cameras.map(({ ChannelID }) => [String(ChannelID), ChannelID] as const),
    users: users.map(({ userID }) => [String(userID), userID] as const),
  };
  return pairs.flatMap((pair) => {
    const places = pair.sources.reduce<Omit<Part, 'pair'>[]>(
      (before, [name, source]) => {
        const values = typeof source === 'string' ? numbers[source] : source;
        return before.flatMap(({ file, params }) =>
          values.map(([word, value]) => ({ file: `${file}-${word}`, params: { ...params, [name]: value } })),
        );
      },
      [{ file: pair.file, params: {} }],
    );
    return places.map(({ file, params }) => ({ pair, file: `${file}.json`, params }));
  });
}

/**
 * Names in a directory of settings that fit none of them: mistyped, or of a camera that is gone. Hidden files and those
 * that look like something else are nobody's business.
 *
 * @param pairs the settings that are asked for; files of others are left alone
 * @param parts the files of these at this NVR
 */
export function unfitting(
  names: readonly string[],
  pairs: readonly FiledSettings[],
  parts: readonly Part[],
): readonly string[] {
  const fitting = new Set(parts.map(({ file }) => file));
  const isLikeSettings = (name: string) =>
    /\.json$/i.test(name) || filedSettings.some(({ file }) => name.toLowerCase().startsWith(file.toLowerCase()));
  const isOfOthers = (name: string) =>
    filedSettings.some((pair) => !pairs.includes(pair) && /^(-[^.]+)?\.json$/.test(restOf(name, pair.file)));
  return names
    .filter((name) => !name.startsWith('.') && isLikeSettings(name) && !fitting.has(name) && !isOfOthers(name))
    .toSorted();
}

function restOf(name: string, start: string): string {
  return name.startsWith(start) ? name.slice(start.length) : '';
}
