import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../support/packed-package.js';

const esbuild = fileURLToPath(new URL('../../node_modules/esbuild/bin/esbuild', import.meta.url));

describe('A program that is bundled with the driver', () => {
  let project: string;
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'everfocus-bundle-'));
    symlinkSync(join(await packedPackage(), 'node_modules'), join(project, 'node_modules'), 'junction');
  }, 300_000);
  afterAll(() => rmSync(project, { recursive: true }));

  const bundle = async (...lines: string[]): Promise<string> => {
    writeFileSync(join(project, 'program.js'), `${lines.join('\n')}\nexport { used };\n`);
    const external = ['undici', 'ws', 'typebox', 'json5'].map((name) => `--external:${name}`);
    const options = ['--bundle', '--platform=node', '--format=esm', '--outfile=bundle.js', ...external];
    await promisify(execFile)(esbuild, ['program.js', '--log-level=error', ...options], {
      cwd: project,
    });
    return readFileSync(join(project, 'bundle.js'), 'utf8');
  };

  it('holds nothing of the client where it needs none', async () => {
    const bytes = await bundle(
      "import { scheduleRanges } from 'homebridge-everfocus-nvr/driver';",
      'const used = [scheduleRanges];',
    );
    expect(bytes).not.toMatch(/\/admin\/login|new WebSocket|from "undici"|from "ws"/);
    expect(bytes.length).toBeLessThan(5000);
  });
});
