import { describe, expect, it } from '@jest/globals';
import { allActions } from '../../src/node-red/actions/index.js';
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

  it('cover every text that the editor scripts ask for', () => {
    const resources = new URL('../../resources/', import.meta.url);
    const files = readdirSync(resources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    const nodes = new URL('../../nodes/', import.meta.url);
    const pages = readdirSync(nodes).filter((file) => file.endsWith('.html'));
    const scripts = [...files.map((file) => new URL(file, resources)), ...pages.map((page) => new URL(page, nodes))];
    const asked = scripts.flatMap((script) =>
      [...readFileSync(script, 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map(([, key]) => key),
    );
    expect(new Set(asked).size).toBeGreaterThan(30);
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining(asked));
  });

  it('name every group of the pickers', () => {
    const groups = new Set(allActions.map(({ domain }) => `domains.${domain}`));
    expect(Object.keys(keysOf('en-US'))).toEqual(expect.arrayContaining([...groups]));
  });
});
