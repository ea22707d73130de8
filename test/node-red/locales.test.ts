import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

const locales = new URL('../../nodes/locales/', import.meta.url);

/** The keys of a catalogue with the values that each text takes. */
function keysOf(language: string): Record<string, string[]> {
  const text = readFileSync(new URL(`${language}/everfocus-nvr.json`, locales), 'utf8');
  const groups = JSON.parse(text) as Record<string, Record<string, string>>;
  return Object.fromEntries(
    Object.entries(groups).flatMap(([group, texts]) =>
      Object.entries(texts).map(([key, value]) => [`${group}.${key}`, (value.match(/__\w+?__/g) ?? []).sort()]),
    ),
  );
}

describe('locales', () => {
  it.each(readdirSync(locales))('%s has the texts of en-US', (language) => {
    expect(keysOf(language)).toEqual(keysOf('en-US'));
  });

  it('cover every text that the editor script asks for', () => {
    const script = readFileSync(new URL('../../resources/everfocus-editor.js', import.meta.url), 'utf8');
    const asked = [...script.matchAll(/\bt\('([\w.]+)'/g)].map(([, key]) => key);
    expect(asked.length).toBeGreaterThan(10);
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining(asked));
  });
});
