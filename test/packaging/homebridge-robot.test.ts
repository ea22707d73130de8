import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { freePort } from '../support/free-port.js';
import { HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

const homebridges = createRequire(createRequire(import.meta.url).resolve('homebridge'));
const { satisfies } = homebridges('semver') as { satisfies: (version: string, range: string) => boolean };

interface Property {
  readonly type?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly oneOf?: readonly { readonly const?: unknown; readonly enum?: readonly unknown[] }[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: unknown;
}

let installation: string;
let folder: string;
let manifest: {
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly keywords: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string; readonly homebridge: string };
  readonly exports: { readonly '.': string };
  readonly main: string;
  readonly type: string;
} & Readonly<Record<string, unknown>>;
let form: {
  readonly pluginAlias: string;
  readonly pluginType: string;
  readonly customUi: boolean;
  readonly schema: Property;
};

beforeAll(async () => {
  installation = await packedPackage();
  folder = join(installation, 'node_modules/homebridge-everfocus-nvr');
  manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  form = JSON.parse(await readFile(join(folder, 'config.schema.json'), 'utf8'));
}, 300_000);

/**
 * What the robot of Homebridge's verification checks (homebridge/plugins, `src/plugin-checks`, as of November 2026), as far
 * as no registry and no GitHub is needed: there it reads whether the repository is public and has issues and releases,
 * whether a dependency has a critical weakness, and that the versions are the same in both places.
 */
describe('the checks of Homebridge’s verification', () => {
  it('package.json: homepage, place for bugs, keywords, and no scripts at an installation', () => {
    expect(manifest.homepage).toMatch(/^https:\/\//);
    expect(manifest.bugs.url).toMatch(/^https:\/\/github\.com\/[^/]+\/[^/]+/);
    expect(manifest.keywords).toContain('homebridge-plugin');
    expect(manifest.keywords.length).toBeGreaterThan(1);
    for (const name of ['preinstall', 'install', 'postinstall', 'preuninstall', 'postuninstall']) {
      expect(manifest.scripts[name]).toBeUndefined();
    }
  });

  it('engines: the newest Node.js 22 and 24, the newest Homebridge, and the oldest that both can do with', async () => {
    for (const node of ['22.9.0', '22.99.0', '24.0.0', '24.99.0']) {
      expect([node, satisfies(node, manifest.engines.node)]).toEqual([node, true]);
    }
    const { version } = homebridges('../package.json') as { version: string };
    expect(version).toMatch(/^2\./);
    for (const homebridge of [version, '1.8.5']) expect(satisfies(homebridge, manifest.engines.homebridge)).toBe(true);
    expect(satisfies('1.8.4', manifest.engines.homebridge)).toBe(false);
  });

  it('initializer: the default export registers the platform of the form', async () => {
    expect(manifest.type).toBe('module');
    expect(manifest.main).toBe(manifest.exports['.'].replace('./', ''));
    const { default: initializer } = (await import(pathToFileURL(join(folder, manifest.main)).href)) as {
      default: (api: unknown) => Promise<void>;
    };
    const registered: unknown[][] = [];
    await initializer({ registerPlatform: (...names: unknown[]) => registered.push(names) });
    expect(registered).toEqual([['homebridge-everfocus-nvr', form.pluginAlias, expect.any(Function)]]);
  });

  it('form: a JSON schema of a platform that has a name, and the page that the form announces', async () => {
    expect(form).toMatchObject({ pluginAlias: expect.stringMatching(/./), pluginType: 'platform' });
    expect(form.schema.type).toBe('object');
    expect(Object.keys(form.schema.properties?.['name'] ?? {})).not.toEqual([]);
    new Ajv({ strict: false, allErrors: true }).compile(form.schema);
    expect(everyPart(form.schema).filter(({ required }) => typeof required === 'boolean')).toEqual([]);
    expect(form.customUi).toBe(true);
    for (const file of ['homebridge-ui/server.js', 'homebridge-ui/public/index.html']) {
      expect((await readFile(join(folder, file))).length).toBeGreaterThan(0);
    }
  });

  it('dependencies: Homebridge is brought by nobody', () => {
    const declared = ['dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta'].flatMap(
      (kind) => Object.keys(manifest[kind] ?? {}),
    );
    const bundled = [manifest['bundledDependencies'], manifest['bundleDependencies']].flat();
    for (const host of ['homebridge', 'hap-nodejs', '@homebridge/hap-nodejs']) {
      expect([...declared, ...bundled]).not.toContain(host);
    }
  });

  it.each([
    ['runs text as code', /\beval\s*\(|new\s+Function\s*\(/],
    ['loads a module by a name that it made up', /require\s*\([^'"][^)]*\)/],
    ['starts a shell with a text that it made up', /child_process\.(exec|execSync)\s*\([^'"]/],
    ['reaches for keys, credentials or files of the system', /\.(ssh|aws)[/\\]|id_rsa|private[_-]?key|\/etc\/passwd/i],
    ['reads the environment', /\.env/],
  ])('files: none of them %s, nor looks like it', async (_, pattern) => {
    const files = await readdir(folder, { recursive: true });
    const code = files.filter((file) => /\.(js|ts|json)$/.test(file) && !file.includes('.min.'));
    expect(code.length).toBeGreaterThan(50);
    const texts = await Promise.all(code.map(async (file) => [file, await readFile(join(folder, file), 'utf8')]));
    expect(texts.filter(([, text = '']) => pattern.test(text)).map(([file]) => file)).toEqual([]);
  });
});

describe('Homebridge, as the robot starts it', () => {
  let homebridge: HomebridgeProcess | undefined;
  const written: string[] = [];

  afterEach(async () => {
    await homebridge?.dispose();
    for (const file of written.splice(0)) await rm(file, { force: true });
  });

  const scenarios: [string, (() => Promise<Record<string, unknown>>) | undefined][] = [
    ['without the plugin’s settings', undefined],
    ['with the name of the platform and nothing else', () => Promise.resolve({})],
    ['with something in every field, and nobody there', allFields],
    ['with fields of wrong kinds', () => Promise.resolve({ name: 7, ffmpeg: [], nvrs: 'x', unknown: null })],
  ];

  it.each(scenarios)('starts, ends and starts again %s, and writes nothing beside its storage', async (_, settings) => {
    const platform = await settings?.();
    const options = { plugins: installation, asIs: true, preload: tellWrites, ...(platform && { platform }) };
    homebridge = await HomebridgeProcess.start(options);
    const { lines } = homebridge;
    const initialised = () => lines.some((line) => line.includes(`Initializing ${form.pluginAlias} platform`));
    expect(initialised()).toBe(platform !== undefined);
    // Once it has tried to reach its NVR, or has said why it does not.
    if (platform)
      await homebridge.line(/House: connection lost|not reach|\[(EverFocus|EverFocusNVR|7|test-value).*\] /i);
    expect(await homebridge.terminate()).toBeLessThan(12_000);
    await homebridge.start();
    expect(await homebridge.terminate()).toBeLessThan(12_000);
    const left = await homebridge.children();
    expect(left).toEqual([]);
    expect(homebridge.troubles).toEqual([]);
    expect(lines.filter((line) => /Error:|Cannot find module|EADDRINUSE/.test(line))).toEqual([]);
    const paths = lines.flatMap((line) => /^WRITES (.*)/.exec(line)?.[1] ?? []);
    await until('the storage was written to', () => paths.some((path) => path.startsWith(homebridge?.storage ?? '')));
    expect(paths.filter((path) => !path.startsWith(homebridge?.storage ?? ''))).toEqual([]);
  });

  /** A value for every field, made of the form as the robot makes it; but on this machine, where nobody listens. */
  async function allFields(): Promise<Record<string, unknown>> {
    const { nvrs, ...settings } = sample(form.schema, '') as { nvrs: object[] };
    expect(nvrs).toHaveLength(1);
    const port = await freePort();
    return { ...settings, nvrs: nvrs.map((nvr) => ({ ...nvr, host: '127.0.0.1', port })) };
  }
});

/** Tells by a line what the process opens for writing, makes, moves or links, whoever asks for it. */
const tellWrites = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  import { resolve } from 'node:path';
  const tell = (path) => {
    if (typeof path === 'string' && !path.startsWith('/dev/')) process.stdout.write('WRITES ' + resolve(path) + '\\n');
  };
  const writing = (flags) => (typeof flags === 'string' ? /[wa+]/.test(flags) : (flags & 3) !== 0);
  const wrap = (object, name, told) => {
    const original = object[name];
    object[name] = function (...args) {
      told(...args);
      return original.apply(this, args);
    };
  };
  for (const [object, end] of [[fs, ''], [fs, 'Sync'], [fs.promises, '']]) {
    for (const name of ['writeFile', 'appendFile', 'mkdir', 'mkdtemp', 'rm', 'unlink']) wrap(object, name + end, tell);
    for (const name of ['rename', 'copyFile', 'symlink', 'link', 'cp']) wrap(object, name + end, (_, to) => tell(to));
    wrap(object, 'open' + end, (path, flags = 'r') => writing(flags) && tell(path));
  }
  wrap(fs, 'createWriteStream', tell);
  syncBuiltinESMExports();
`;

/** What the robot writes into a field. */
function sample(property: Property, name: string): unknown {
  const [choice] = property.oneOf ?? [];
  const named = (word: string) => name.toLowerCase().includes(word);
  const given = property.default ?? property.examples?.[0] ?? choice?.enum?.[0] ?? choice?.const ?? property.enum?.[0];
  if (given !== undefined) return given;
  switch (property.type) {
    case 'string':
      return named('password') ? 'testpassword' : named('host') ? '192.168.1.100' : 'test-value';
    case 'number':
    case 'integer':
      return named('port') ? 8080 : property.minimum || property.maximum || 1;
    case 'boolean':
      return named('enable') || named('active');
    case 'array':
      return property.items ? [sample(property.items, 'item')] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(property.properties ?? {}).map(([key, value]) => [key, sample(value, key)]),
      );
    default:
      return null;
  }
}

function everyPart(property: Property): Property[] {
  const below = [...Object.values(property.properties ?? {}), ...(property.items ? [property.items] : [])];
  return [property, ...below.flatMap(everyPart)];
}
