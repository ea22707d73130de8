import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { pageOf } from '../../scripts/setup/palette.mjs';
import { actionsByType } from '../../src/node-red/actions/index.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Codes that never come out of a call in a flow, and why. */
const elsewhere = {
  BUSY: 'of talks',
  CLOSED: 'a deploy during a call is no error',
  CONVERSION_FAILED: 'of clips as MP4',
  TOO_MANY_STARTS: 'of clips as MP4',
};

const all = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, found = '']) => found);

const codes = [
  ...all(/readonly code = '(\w+)'/g, read('src/shared/errors.ts')),
  ...all(/'(\w+)'/g, /FlowErrorCode =([^;]+);/.exec(read('src/node-red/errors.ts'))?.[1] ?? ''),
];

describe('help', () => {
  it('is checked against all codes that there are', () => {
    const declared = /NvrErrorCode =([^;]+);/.exec(read('src/shared/errors.ts'))?.[1] ?? '';
    expect(codes).toEqual(expect.arrayContaining(all(/'(\w+)'/g, declared)));
    expect(codes).toEqual(expect.arrayContaining(Object.keys(elsewhere)));
  });

  it.each(Object.keys(actionsByType))('of %s names exactly the error codes that a flow can see', (type) => {
    const [, errors = ''] = pageOf(type.replace('everfocus-', '')).split('### Errors');
    const named = all(/`([A-Z]+_?[A-Z_]*)`/g, errors);
    expect(named.sort()).toEqual(codes.filter((code) => !Object.hasOwn(elsewhere, code)).sort());
  });
});
