import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../support/packed-package.js';

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('../..', import.meta.url));

describe('the package as users get it', () => {
  let installation: string;
  let folder: string;
  let files: string[];

  beforeAll(async () => {
    installation = await packedPackage();
    folder = join(installation, 'node_modules/homebridge-everfocus-nvr');
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      statSync(join(folder, file)).isFile(),
    );
    // It is packed and installed first, where no other test has done so.
  }, 300_000);

  it('holds what both hosts load', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'config.schema.json',
        'dist/cli/main.js',
        'dist/homebridge/index.js',
        'dist/mqtt/index.js',
        'dist/shared/index.d.ts',
        'dist/shared/index.js',
        'nodes/everfocus-nvr.html',
        'nodes/everfocus-nvr.js',
        'package.json',
      ]),
    );
  });

  it('holds no sources, tests or scripts, and stays small', () => {
    expect(files.filter((file) => /(?<!\.d)\.ts$|^(src|test|bench|scripts|docs)\//.test(file))).toEqual([]);
    expect(files.reduce((bytes, file) => bytes + statSync(join(folder, file)).size, 0)).toBeLessThan(2_000_000);
  });

  it('names no path of the machine that built it', () => {
    const naming = files.filter((file) => readFileSync(join(folder, file)).includes(checkout));
    expect(naming).toEqual([]);
  });

  it('points at nothing that it does not hold', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown> & {
      main: string;
      bin: Record<string, string>;
      exports: Record<string, string | Record<string, string>>;
      'node-red': { nodes: Record<string, string> };
    };
    const named = [
      manifest.main,
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? entry : Object.values(entry))),
      ...Object.values(manifest['node-red'].nodes).flatMap((file) => [file, file.replace(/\.js$/, '.html')]),
    ].map((file) => file.replace('./', ''));
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('brings neither host along, and few packages', () => {
    const installed = readdirSync(join(installation, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).not.toContain('homebridge');
    expect(installed).not.toContain('node-red');
    // Of Homebridge's own packages only the one that the settings page speaks to its UI by.
    expect(readdirSync(join(installation, 'node_modules/@homebridge'))).toEqual(['plugin-ui-utils']);
    const ofBridge = new Set([...reachedFrom('mqtt')].map((name) => name.split('/', 1).join()));
    const others = installed.filter((name) => !ofBridge.has(name) && name !== '@homebridge');
    expect(others.length).toBeLessThanOrEqual(12);
    expect(ofBridge.size).toBeLessThanOrEqual(44);
  });

  /** A package and all that it needs, as they are installed; those that the rest needs as well are among them. */
  function reachedFrom(name: string, found = new Set<string>()): Set<string> {
    if (found.has(name)) return found;
    const manifest = readFileSync(join(installation, 'node_modules', name, 'package.json'), 'utf8');
    found.add(name);
    const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: Record<string, string> };
    for (const needed of Object.keys(dependencies)) reachedFrom(needed, found);
    return found;
  }

  it('loads the MQTT library for the bridge only', async () => {
    const trace = 'resolve(name, at, next) { const found = next(name, at); console.error(found.url); return found; }';
    const hook = `import { registerHooks } from 'node:module'; registerHooks({ ${trace} });`;
    const load = ['homebridge/index.js', 'shared/index.js']
      .map((entry) => `await import(${JSON.stringify(pathToFileURL(join(folder, 'dist', entry)).href)});`)
      .join(' ');
    const program = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, '--input-type=module', '-e', load];
    const { stderr } = await run(process.execPath, program, { cwd: installation });
    expect(stderr).toContain('node_modules/undici/');
    expect(stderr).not.toMatch(/node_modules\/mqtt/);
  });

  it.each([
    ['import', ['--input-type=module', '-e', "const driver = await import('homebridge-everfocus-nvr/driver');"]],
    ['require', ['--input-type=commonjs', '-e', "const driver = require('homebridge-everfocus-nvr/driver');"]],
  ])('gives the driver to %s', async (_, [type = '', flag = '', load = '']) => {
    const print = 'console.log(typeof driver.Nvr, driver.operations.cameraList.section)';
    const { stdout } = await run(process.execPath, [type, flag, `${load} ${print}`], { cwd: installation });
    expect(stdout.trim()).toBe('function 2.3');
  });

  it('brings the command line', async () => {
    const { stdout } = await run(join(installation, 'node_modules/.bin/everfocus'), ['call', '--list', '--json']);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: 'cameraList', section: '2.3' }));
  });

  it('gives the driver its types', async () => {
    const project = mkdtempSync(join(tmpdir(), 'everfocus-types-'));
    symlinkSync(join(installation, 'node_modules'), join(project, 'node_modules'), 'junction');
    const program = "import { Nvr } from 'homebridge-everfocus-nvr/driver';\nexport const client: string = Nvr;\n";
    writeFileSync(join(project, 'program.ts'), program);
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--typeRoots',
      join(checkout, 'node_modules/@types'),
      '--types',
      'node',
    ];
    const { stdout } = await run(process.execPath, [tsc, ...options, 'program.ts'], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    );
    rmSync(project, { recursive: true });
    // The one mistake of this program, and nothing else.
    expect(stdout.trim()).toBe("program.ts(2,14): error TS2322: Type 'typeof Nvr' is not assignable to type 'string'.");
  }, 300_000);

  it('leaves the simulator to a package of its own', () => {
    expect(files.filter((file) => file.includes('simulator'))).toEqual([]);
  });
});
