import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { missingSections, operationsPage } from '../../scripts/docs/operations-page.js';
import { sections } from '../../scripts/docs/sections.js';

describe('the page of operations', () => {
  it('has a row for each of the 122 sections of the SDK document', () => {
    expect(sections).toHaveLength(122);
    expect(missingSections()).toEqual([]);
  });

  it('names a test for each row, and the simulator serves each', () => {
    const rows = operationsPage()
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThanOrEqual(122);
    expect(rows.filter((cells) => cells[7] === '' || cells[5] !== 'yes')).toEqual([]);
  });

  it('is fresh (npm run docs)', async () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    expect(page).toBe(await format(operationsPage(), { parser: 'markdown', printWidth: 120 }));
  });
});
