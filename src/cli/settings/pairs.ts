import { type SettingsPair, settingsPairs } from '../../shared/index.js';
import { readOnlyFields } from '../../shared/internal.js';
import type { Shape } from '../../shared/values/index.js';

/** Where the values of a parameter are known from: a list of the NVR, or its declaration, each with its word. */
export type Source = 'cameras' | 'users' | readonly (readonly [word: string, value: unknown])[];

/** Settings that fit into files: one, or one for each camera, stream, user or kind. */
export interface FiledSettings extends SettingsPair {
  /** What its files are called, and how --only names it: the operation that reads them, or that which would. */
  readonly file: string;
  /** What tells its files apart, by parameter. */
  readonly sources: readonly (readonly [parameter: string, source: Source])[];
  /** Fields that are not kept: what goes on by itself, and what the NVR tells and nobody sets. */
  readonly leftOut: readonly string[];
}

/** All settings that files can hold. */
export const filedSettings: readonly FiledSettings[] = settingsPairs.flatMap((pair, index) => {
  const { read, write, parameters, name, passing } = pair;
  const sources = parameters
    .filter(({ required }) => required)
    .map((parameter) => [parameter.name, sourceOf(parameter.name, parameter.schema)] as const);
  if (!sources.every(isKnown)) return [];
  const isFirst = settingsPairs.findIndex((other) => other.read === read) === index;
  return {
    ...pair,
    file: isFirst ? read.id : `get${name}`,
    sources,
    leftOut: [...passing, ...readOnlyFields(read, write)],
  };
});

/** Names of those that they cannot hold: they want a list, and others hold the same one by one. */
export const otherSettings: readonly string[] = settingsPairs
  .filter(({ name }) => !filedSettings.some((filed) => filed.name === name))
  .map(({ read }) => read.id);

function sourceOf(name: string, schema: Shape): Source | undefined {
  const { picks, words, enum: options } = schema;
  if (picks === 'channel' && schema.type === 'integer') return 'cameras';
  if (name === 'userID') return 'users';
  return words ? Object.entries(words) : options?.map((option) => [String(option), option] as const);
}

type Found = readonly [parameter: string, source: Source | undefined];

function isKnown(found: Found): found is readonly [string, Source] {
  return found[1] !== undefined;
}
