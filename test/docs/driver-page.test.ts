import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { driverPage, errorRows } from '../../scripts/docs/driver-page.js';
import { formatted } from '../../scripts/docs/formatted.js';
import * as driver from '../../src/shared/index.js';

const docs = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('driver.md', docs), 'utf8');

describe('The page of the driver', () => {
  it('has its examples and its table of errors as they are now (npm run docs)', async () => {
    expect(page).toBe(await formatted(driverPage(page)));
  });

  it('shows every example once', () => {
    const shown = [...page.matchAll(/<!-- docs\/examples\/(.*) -->/g)].map(([, file]) => file);
    expect(shown.sort()).toEqual(readdirSync(new URL('examples/', docs)).sort());
  });

  it('names every error that the driver exports', () => {
    const bases: unknown[] = [driver.NvrError, driver.RecoverableError, driver.FatalError];
    const errors = Object.values<unknown>(driver).filter(
      (value): value is typeof driver.NvrError =>
        typeof value === 'function' && value.prototype instanceof driver.NvrError && !bases.includes(value),
    );
    const kind = (recoverable: boolean) => (recoverable ? driver.RecoverableError : driver.FatalError);
    expect(errors.length).toBeGreaterThan(15);
    expect(
      errorRows()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(errors.map(({ name }) => name).sort());
    for (const { name, recoverable, meaning } of errorRows()) {
      expect(errors.find((error) => error.name === name)?.prototype).toBeInstanceOf(kind(recoverable));
      expect(meaning).toMatch(/\.$/);
    }
  });

  it('names every option of the public interfaces', () => {
    const report = readFileSync(new URL('api/driver.api.md', docs), 'utf8');
    const interfaces = [...report.matchAll(/^export interface (\w*(?:Options|Query))\b[^{]*\{\n([^]*?)^\}/gm)];
    const names = interfaces.flatMap(([, owner, body = '']) =>
      [...body.matchAll(/^ {2,4}readonly (\w+)\??:/gm)].map(([, name = '']) => [owner, name] as const),
    );
    expect(names.length).toBeGreaterThan(30);
    // `clock` is for tests.
    const untold = names.filter(([, name]) => name !== 'clock' && !new RegExp(`\\b${name}\\b`).test(page));
    expect(untold).toEqual([]);
  });
});
