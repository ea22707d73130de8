import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as named from '../../src/shared/operations.js';
import { operations, sockets } from '../../src/shared/index.js';
import { packedPackage } from '../support/packed-package.js';

const esbuild = fileURLToPath(new URL('../../node_modules/esbuild/bin/esbuild', import.meta.url));

it('Every operation and socket can be imported by its name', () => {
  expect({ ...named }).toEqual({ ...operations, ...sockets });
});

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
    await promisify(execFile)(process.execPath, [esbuild, 'program.js', '--log-level=error', ...options], {
      cwd: project,
    });
    return readFileSync(join(project, 'bundle.js'), 'utf8');
  };

  it('holds the chapters of the operations that it names, and not the others', async () => {
    const whole = await bundle(
      "import { Nvr, operations } from 'homebridge-everfocus-nvr/driver';",
      'const used = [Nvr, operations];',
    );
    const small = await bundle(
      "import { NvrClient } from 'homebridge-everfocus-nvr/driver';",
      "import { cameraList } from 'homebridge-everfocus-nvr/driver/operations';",
      'const used = [NvrClient, cameraList];',
    );
    const foreign = ['/ttxnet/getConfig', '/device/ptzControl', '/schedule/', '/storage/', '/dio/'];
    expect(foreign.filter((path) => !whole.includes(path))).toEqual([]);
    expect(foreign.filter((path) => small.includes(path))).toEqual([]);
    expect(small).toContain('/device/cameraList');
    expect(small.length).toBeLessThan(0.8 * whole.length);
  });

  it('holds nothing of the client where it needs none', async () => {
    const bytes = await bundle(
      "import { scheduleRanges } from 'homebridge-everfocus-nvr/driver';",
      'const used = [scheduleRanges];',
    );
    expect(bytes.length).toBeLessThan(5000);
  });
});
