import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect } from '@jest/globals';

// A test that asserts nothing can't fail.
beforeEach(() => expect.hasAssertions());

/** Where a whole run notes what its tests called; see calls-reporter.mjs. */
const folder = process.env['EVERFOCUS_CALLS'];

if (folder) {
  const calls: Record<string, number> = {};
  const heard = (id: unknown): void => void (calls[String(id)] = (calls[String(id)] ?? 0) + 1);
  subscribe('everfocus-simulator:carried-out', heard);
  afterAll(() => {
    unsubscribe('everfocus-simulator:carried-out', heard);
    const { testPath = '' } = expect.getState();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${encodeURIComponent(testPath)}.json`), JSON.stringify({ testPath, calls }));
  });
}
