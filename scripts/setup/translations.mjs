// The palette's texts in other languages, looked up by their English text, as gettext does it: a text that changes is
// one that lacks its translation, and no key has to be made up.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const source = join(root, 'src/node-red');
const locales = join(source, 'editor/locales');
/** The language that everything is written in. */
export const original = 'en-US';

/** The languages that somebody has begun. */
export function languages() {
  return readdirSync(locales)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace('.json', ''));
}

/**
 * What a language says for English texts.
 *
 * @param {string} language
 * @param {'declarations' | 'help'} kind
 * @returns {Record<string, string>}
 */
export function dictionaryOf(language, kind) {
  const file = join(locales, language, `${kind}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/**
 * Every text of the declarations that a form, a pick list or a help table shows, or that a search looks through.
 *
 * @param {import('../../src/node-red/form.js').Forms} forms
 * @returns {string[]}
 */
export function declaredTexts({ actions, byMessage }) {
  const texts = actions.flatMap(({ title, description, words, parameters, reply }) => [
    ...[title, description, words],
    ...parameters.flatMap(({ schema }) => schemaTexts(schema)),
    ...(reply && 'schema' in reply ? schemaTexts(reply.schema) : []),
  ]);
  return distinct([...texts, ...byMessage.parameters.flatMap(({ schema }) => schemaTexts(schema))]);
}

/**
 * @param {import('../../src/shared/values/index.js').Shape} schema
 * @returns {(string | undefined)[]}
 */
function schemaTexts({ title, description, unit, properties = {}, items, anyOf = [] }) {
  const inner = [...Object.values(properties), ...(items ? [items] : []), ...anyOf];
  return [title, description, unit, ...inner.flatMap(schemaTexts)];
}

/** The texts that the editor scripts hold themselves: labels of the palette, words that it is searched for, and the rest. */
export function editorTexts() {
  const scripts = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const patterns = [/\btranslated\('([^']+)'/g, /\bpaletteLabel: '([^']+)'/g, /\bwords:\s*'([^']+)'/g];
  return distinct(
    scripts
      .map((file) => readFileSync(join(source, file), 'utf8'))
      .flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, found]) => found))),
  );
}

/**
 * How a script in a browser finds a text: by a key that is shorter.
 *
 * @returns {Promise<(text: string) => string>}
 */
export async function loadTextKey() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/shared/values/text-key.ts')],
    format: 'esm',
    write: false,
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
  return module.textKey;
}

/**
 * The texts of a help page: its lines, each of which is a paragraph, a heading or an item.
 *
 * @param {string} markdown
 */
export function helpTexts(markdown) {
  return distinct(markdown.split('\n').map((line) => line.trim()));
}

/**
 * A help page in a language; a text that lacks there stays English.
 *
 * @param {string} markdown
 * @param {string} language
 */
export function translatedHelp(markdown, language) {
  const dictionary = dictionaryOf(language, 'help');
  return markdown
    .split('\n')
    .map((line) => dictionary[line.trim()] ?? line)
    .join('\n');
}

/**
 * The texts that a dictionary lacks, or names other things in than the original does: what stands in backticks is to be
 * typed or read as it is.
 *
 * @param {readonly string[]} texts
 * @param {Record<string, string>} dictionary
 */
export function lackingIn(texts, dictionary) {
  return texts.filter((text) => {
    const translation = dictionary[text] ?? '';
    return translation.trim() === '' || !sameNames(text, translation);
  });
}

/**
 * @param {string} text
 * @param {string} translation
 */
function sameNames(text, translation) {
  const [ours, theirs] = [text, translation].map((each) => distinct(each.match(/`[^`]+`/g) ?? []).sort());
  return ours?.join() === theirs?.join();
}

/**
 * @param {readonly (string | undefined)[]} texts
 * @returns {string[]} those that have letters, once each
 */
function distinct(texts) {
  return [...new Set(texts)].filter((text) => text !== undefined && /\p{L}/u.test(text)).map(String);
}
