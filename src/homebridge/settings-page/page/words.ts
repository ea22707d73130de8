import type { Said } from '../../../shared/internal.js';
import { textKey } from '../../../shared/values/text-key.js';

/** What a language says, by the keys of the English texts. */
export type Dictionary = Readonly<Record<string, string>>;

/** Those that the page brings, by language. English needs none: it is what everything is written in. */
export type Dictionaries = Readonly<Record<string, Dictionary>>;

let dictionary: Dictionary = {};

/**
 * Speaks that language from now on, or the one that it is a kind of (`de-AT`); where it is not known, English.
 *
 * @param asked whatever Homebridge calls it
 * @returns the language that is spoken
 */
export function speak(asked: unknown, dictionaries: Dictionaries): string {
  const wanted = typeof asked === 'string' ? asked.toLowerCase().replaceAll('_', '-') : '';
  const known = Object.keys(dictionaries);
  const language =
    known.find((each) => each.toLowerCase() === wanted) ?? known.find((each) => each === wanted.split('-', 1)[0]);
  dictionary = dictionaries[language ?? ''] ?? {};
  return language ?? 'en';
}

type Value = string | number | Said;

/**
 * A text in the language that is spoken, in English where it has no translation: t`Use port ${port}`, or a text that is
 * one of those that are known.
 */
export function t(text: string | TemplateStringsArray | Said, ...values: readonly Value[]): string {
  if (typeof text === 'object' && 'code' in text) return t(text.code, ...text.values);
  const code = typeof text === 'string' ? text : text.reduce((whole, part, index) => `${whole}{${index - 1}}${part}`);
  return (dictionary[textKey(code)] ?? code).replace(/\{(\d+)\}/g, (mark, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? mark : typeof value === 'object' ? t(value) : String(value);
  });
}
