import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { cliPage } from '../../scripts/docs/cli-page.js';
import { formatted } from '../../scripts/docs/formatted.js';

describe('docs/cli.md', () => {
  it('is what the declarations of the commands say (npm run docs writes it)', async () => {
    expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(await formatted(cliPage()));
  });
});
