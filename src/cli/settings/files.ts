import { type CallOptions, type Nvr, NvrRefusedError, operations } from '../../shared/index.js';
import { filedSettings, type FiledSettings, type Source } from './pairs.js';

/** One file and what it holds. */
export interface Part {
  readonly pair: FiledSettings;
  readonly file: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Files of settings at an NVR. */
export interface Parts {
  readonly parts: readonly Part[];
  /** The settings of which it is known which files they have: all that were asked for but, perhaps, those of users. */
  readonly known: readonly FiledSettings[];
  /** Why the NVR does not tell its users. */
  readonly refusal: NvrRefusedError | undefined;
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
): Promise<Parts> {
  const isBy = (list: Source, { sources }: FiledSettings) => sources.some(([, source]) => source === list);
  const isAsked = (list: Source) => pairs.some((pair) => isBy(list, pair));
  let refusal: NvrRefusedError | undefined;
  const cameras = isAsked('cameras') ? await client.call(operations.cameraList, {}, options) : [];
  const users = isAsked('users')
    ? await client.call(operations.userList, {}, options).catch((error: unknown) => {
        if (!(error instanceof NvrRefusedError)) throw error;
        refusal = error;
        note(`users: ${error.message}; files of users are passed over`);
        return [];
      })
    : [];
  const numbers = {
    cameras: cameras.map(({ ChannelID }) => [String(ChannelID), ChannelID] as const),
    users: users.map(({ userID }) => [String(userID), userID] as const),
  };
  const parts = pairs.flatMap((pair) => {
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
  return { parts, known: refusal ? pairs.filter((pair) => !isBy('users', pair)) : pairs, refusal };
}

/** How the names of all groups of settings begin, so that one which is mistyped after that is known as one. */
export const BEGINNING = /^(get|cameraD)/i;

/**
 * Names in a directory of settings that fit none of them: mistyped, or of a camera that is gone. Hidden files and those
 * that look like something else are nobody's business.
 *
 * @param known the settings whose files are known; files of others are left alone
 * @param parts the files of these at this NVR
 */
export function unfitting(names: readonly string[], { parts, known }: Parts): readonly string[] {
  const fitting = new Set(parts.map(({ file }) => file));
  const isLikeSettings = (name: string) =>
    (isJson(name) && BEGINNING.test(name)) ||
    filedSettings.some(({ file }) => name.toLowerCase().startsWith(file.toLowerCase()));
  const isOfOthers = (name: string) =>
    filedSettings.some((pair) => !known.includes(pair) && /^(-[^.]+)?\.json$/.test(restOf(name, pair.file)));
  return names
    .filter((name) => !name.startsWith('.') && isLikeSettings(name) && !fitting.has(name) && !isOfOthers(name))
    .toSorted();
}

/** Names of JSON files that are called like no settings, such as package.json. */
export function foreign(names: readonly string[]): readonly string[] {
  return names.filter((name) => !name.startsWith('.') && isJson(name) && !BEGINNING.test(name)).toSorted();
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}

function restOf(name: string, start: string): string {
  return name.startsWith(start) ? name.slice(start.length) : '';
}
