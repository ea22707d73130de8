import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { allActions } from '../../src/node-red/actions/index.js';
import { forms } from '../../src/node-red/form.js';
import { catalogueOf, helpOf, lackingTexts, nodeFolders, offeredLanguages } from '../../scripts/setup/palette.mjs';
import {
  declaredTexts,
  dictionaryOf,
  editorTexts,
  helpTexts,
  lackingIn,
  languages,
  translatedHelp,
} from '../../scripts/setup/translations.mjs';

/** The keys of a catalogue with the values that each text takes. */
function keysOf(language: string): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(catalogueOf(language)).flatMap(([group, texts]) =>
      Object.entries(texts).map(([key, value]) => [`${group}.${key}`, (value.match(/__\w+?__/g) ?? []).sort()]),
    ),
  );
}

const source = new URL('../../src/node-red/', import.meta.url);
/** The files of the palette's source with such names, and what they hold. */
function filesLike(name: RegExp): [string, string][] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => name.test(file));
  return files.map((file) => [file, readFileSync(new URL(file, source), 'utf8')]);
}

const translations = languages().filter((language) => language !== 'en-US');

describe('locales', () => {
  it('are those that the palette promises', () => {
    expect(languages().sort()).toEqual(['de', 'en-US', 'zh-TW']);
  });

  it('are offered where they are complete: of another it is said what lacks', () => {
    const lacking: Record<string, string[]> = { de: ['ptz.tour', 'Name of the tour.'] };
    const said: string[] = [];
    const offered = offeredLanguages(
      ['de', 'en-US', 'zh-TW'],
      (language) => lacking[language] ?? [],
      (line) => void said.push(line),
    );
    expect(offered).toEqual(['en-US', 'zh-TW']);
    expect(said).toEqual([
      'de is left out of the palette: 2 texts lack in src/node-red/editor/locales',
      '  ptz.tour',
      '  Name of the tour.',
    ]);
  });

  // How texts are added, and which words stand for which: docs/node-red/translations.md.
  it.each(languages())(
    '%s lacks no text: of the forms, the declarations, the palette and the help pages',
    (language) => {
      expect(lackingTexts(language, forms())).toEqual([]);
    },
  );

  it.each(languages())('%s has the keys of en-US, and puts in the same values', (language) => {
    expect(keysOf(language)).toEqual(keysOf('en-US'));
  });

  it.each(translations)('%s holds nothing that is shown nowhere', (language) => {
    const declared = new Set([...declaredTexts(forms()), ...editorTexts()]);
    const help = new Set(nodeFolders().flatMap((node) => helpTexts(helpOf(node))));
    expect(Object.keys(dictionaryOf(language, 'declarations')).filter((text) => !declared.has(text))).toEqual([]);
    expect(Object.keys(dictionaryOf(language, 'help')).filter((text) => !help.has(text))).toEqual([]);
  });

  it('cover every text that the editor scripts ask for', () => {
    const asked = filesLike(/\.ts$/)
      .flatMap(([, text]) => [...text.matchAll(/\bt\('([\w.-]+)'/g)])
      .map(([, key]) => key);
    expect(new Set(asked).size).toBeGreaterThan(30);
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining(asked));
  });

  it('name every group of the pickers', () => {
    const groups = new Set(allActions.map(({ domain }) => `domains.${domain}`));
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining([...groups]));
  });
});

describe('texts that could escape a translation', () => {
  it('stand in no form', () => {
    const shown = filesLike(/form\.html$/).flatMap(([file, html]) => [
      ...html
        .split(/<[^>]*>/)
        .filter((text) => /\p{L}/u.test(text) && text.trim() !== 'NVR')
        .map((text) => `${file}: ${text.trim()}`),
      ...[...html.matchAll(/\b(?:title|placeholder|aria-label|alt)="[^"]*\p{L}[^"]*"/gu)].map(
        ([text]) => `${file}: ${text}`,
      ),
    ]);
    expect(shown).toEqual([]);
  });

  it('stand in no editor script', () => {
    const patterns = [
      /\.(?:text|append)\('[^'<]*\p{L}{2}[^'<]*'/gu,
      /\.attr\('(?:title|placeholder|aria-label)', '[^']*\p{L}{2}[^']*'/gu,
      /\b(?:title|placeholder|label|'aria-label'): '[^']*\p{L}{2}[^']*'/gu,
    ];
    // The same in every language.
    const names = ["label: 'JSON'", "label: 'msg.'", ".text('NVR'"];
    const shown = filesLike(/(?:^editor\/[\w-]+|editor[\w-]*)\.ts$/).flatMap(([file, text]) =>
      patterns
        .flatMap((pattern) => [...text.matchAll(pattern)])
        .filter(([found]) => !names.includes(found))
        .map(([found]) => `${file}: ${found}`),
    );
    expect(shown).toEqual([]);
  });
});

describe('a text', () => {
  const schema = { type: 'object', properties: { a: { title: 'A field', items: { unit: 'parsecs' } } } };

  it('of a declaration is found however deep it stands', () => {
    const [action] = forms().actions;
    if (!action) throw new Error('no actions');
    const parameter = { name: 'x', schema: { anyOf: [{ description: 'One way.' }, schema] }, required: true };
    const made = { ...forms(), actions: [{ ...action, title: 'Do it', parameters: [parameter] }] };
    expect(declaredTexts(made as ReturnType<typeof forms>)).toEqual(
      expect.arrayContaining(['Do it', 'One way.', 'A field', 'parsecs', 'Parameters']),
    );
  });

  it('lacks where there is none, an empty one, or one that names other things', () => {
    const dictionary = { One: 'Eins', Two: ' ', 'From `msg`.': 'Aus `flow`.', 'To `msg`.': 'Nach `msg`.' };
    expect(lackingIn(['One', 'Two', 'Three', 'From `msg`.', 'To `msg`.'], dictionary)).toEqual([
      ...['Two', 'Three', 'From `msg`.'],
    ]);
  });

  it('of a help page stays English where it lacks, and its page keeps its lines', () => {
    const page = translatedHelp('### Outputs\n\nNobody has translated this.\n', 'de');
    expect(page).toBe('### Ausgänge\n\nNobody has translated this.\n');
  });
});
