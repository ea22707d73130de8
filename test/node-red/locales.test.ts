import { describe, expect, it } from '@jest/globals';
import { allActions } from '../../src/node-red/actions/index.js';
import { readdirSync, readFileSync } from 'node:fs';
import { catalogueOf, languages } from '../../scripts/setup/palette.mjs';

/** The keys of a catalogue with the values that each text takes. */
function keysOf(language: string): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(catalogueOf(language)).flatMap(([group, texts]) =>
      Object.entries(texts).map(([key, value]) => [`${group}.${key}`, (value.match(/__\w+?__/g) ?? []).sort()]),
    ),
  );
}

describe('locales', () => {
  it.each(languages())('%s has the texts of en-US', (language) => {
    expect(keysOf(language)).toEqual(keysOf('en-US'));
  });

  it('cover every text that the editor scripts ask for', () => {
    const source = new URL('../../src/node-red/', import.meta.url);
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
    const asked = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(new URL(file, source), 'utf8').matchAll(/\bt\('([\w.-]+)'/g)])
      .map(([, key]) => key);
    expect(new Set(asked).size).toBeGreaterThan(30);
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining(asked));
  });

  it('name every group of the pickers', () => {
    const groups = new Set(allActions.map(({ domain }) => `domains.${domain}`));
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining([...groups]));
  });
});
