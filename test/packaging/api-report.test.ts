import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiReport, apiReport } from '../../scripts/docs/api-report.js';
import { formatted } from '../../scripts/docs/formatted.js';
import { packedPackage } from '../support/packed-package.js';

/** Users find these as `OperationReply<'getTime'>` and the like, or have no need of their names. */
const NEEDLESS =
  'BodyParams CONTROL_PATHS DIGEST_URIS Flat Names Operations QueryParams Reading Sockets cameraDetail command getNetwork getPort getTime limits';

describe('The public names of the driver', () => {
  let report: ApiReport;
  /** As the page has it. */
  let page: string;
  beforeAll(async () => {
    // Builds the typings, too.
    await packedPackage();
    report = apiReport(fileURLToPath(new URL('../..', import.meta.url)));
    page = await formatted(report.text);
  }, 300_000);

  it('are those of docs/api/driver.api.md (npm run docs writes it; its difference is what users will notice)', () => {
    const kept = readFileSync(new URL('../../docs/api/driver.api.md', import.meta.url), 'utf8');
    expect(page).toBe(kept);
  });

  it('include those of all types that a user needs', () => {
    expect(report.forgotten).toEqual(NEEDLESS.split(' '));
  });

  it('can be read in one sitting', () => {
    expect(page.length).toBeLessThan(40_000);
  });
});
