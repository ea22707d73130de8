import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { packedPackage } from '../support/packed-package.js';

const { resolve } = createRequire(import.meta.url);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly repository?: { readonly url: string };
  readonly bugs?: { readonly url: string };
  readonly keywords: readonly string[];
  readonly engines: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly 'node-red': { readonly version: string; readonly nodes: Record<string, string> };
}

/**
 * The rules by which flows.nodered.org scores a package (node-red-dev, P01 to D03), as far as no network is needed: that
 * the names are nobody else's (P08, and N01 beyond our own prefix) and that dependencies are the newest (D03) it reads
 * from registries. That it runs in the releases that it names (P06) is shown by node-red.e2e.
 */
describe('the scorecard of flows.nodered.org', () => {
  let installation: string;
  let folder: string;
  let manifest: Manifest;
  let registered: { readonly file: string; readonly type: string; readonly definition: string }[];
  beforeAll(async () => {
    installation = await packedPackage();
    folder = join(installation, 'node_modules/homebridge-everfocus-nvr');
    manifest = json(join(folder, 'package.json')) as Manifest;
    registered = Object.values(manifest['node-red'].nodes).flatMap((file) => {
      const page = readFileSync(join(folder, file.replace(/\.js$/, '.html')), 'utf8');
      const inline = [...page.matchAll(/<script type="text\/javascript">([^]*?)<\/script>/g)].map(([, code]) => code);
      return inline.flatMap((code = '') =>
        [...code.matchAll(/registerType\('([^']+)', ([^)]*)\)/g)].map(([, type = '', definition = '']) => ({
          ...{ file, type, definition },
        })),
      );
    });
  });

  it('P01: has a licence', () => {
    expect(manifest.license).toBe('MIT');
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('MIT License');
  });

  it('P02, P03: names its repository, of the same name, and where bugs go', () => {
    expect(manifest.repository?.url).toMatch(new RegExp(`^git\\+https://.+/${manifest.name}\\.git$`));
    expect(manifest.bugs?.url).toMatch(/^https:/);
  });

  it('P04: does not take a name of the "node-red" family', () => {
    expect(manifest.name).not.toMatch(/^node-?red/i);
  });

  it('P05: is found by the keyword', () => {
    expect(manifest.keywords).toContain('node-red');
  });

  it('P06: names the releases of Node-RED', () => {
    expect(manifest['node-red'].version).toBe('>=4.1.0');
    const [newest, oldest] = ['node-red', 'node-red-4'].map(
      (release) => (json(resolve(`${release}/package.json`)) as { version: string }).version,
    );
    expect(newest).toMatch(/^5\./);
    expect(oldest).toMatch(/^4\.1\./);
  });

  it('P07: runs on the oldest Node that Node-RED runs on', () => {
    const { engines } = json(resolve('node-red/package.json')) as Manifest;
    expect(engines['node']).toBe('>=22.9');
    expect(manifest.engines['node']).toMatch(/^\^22\.9\.0 /);
  });

  it('N01: every type is registered once, by a literal, under our own prefix', () => {
    const types = registered.map(({ type }) => type);
    expect(new Set(registered.map(({ file }) => file))).toEqual(new Set(Object.values(manifest['node-red'].nodes)));
    expect(new Set(types).size).toBe(types.length);
    // What begins with `ui-` is a widget: so FlowFuse Dashboard 2 knows them.
    expect(types.filter((type) => !/^(ui-)?everfocus-[a-z-]+$/.test(type))).toEqual([]);
  });

  it('N02: every type that the palette offers is in an example', () => {
    const examples = readdirSync(join(folder, 'examples'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => json(join(folder, 'examples', name)) as { type: string }[]);
    const used = new Set(examples.flat().map(({ type }) => type));
    // Those are kept for old flows, and not offered.
    const old = ['event', 'snapshot', 'io', 'api'].map((name) => `everfocus-${name}`);
    const offered = registered.map(({ type }) => type).filter((type) => !old.includes(type));
    expect(offered.filter((type) => !used.has(type))).toEqual([]);
  });

  it('the palette has one group of them, with white icons of 2:3, and no colour of its own', () => {
    const resources = join(folder, 'resources');
    const scripts = readFileSync(join(resources, 'editor.js'), 'utf8');
    const groups = [...scripts.matchAll(/\bcategory:([^,}]+)/g)].flatMap(
      ([, group = '']) => group.match(/"\w+"/g) ?? [],
    );
    expect([...new Set(groups)].sort()).toEqual(['"EverFocus"', '"config"', '"deprecated"']);
    const style = readFileSync(join(resources, 'editor.css'), 'utf8');
    expect(style.match(/#[\da-f]{3,8}\b|rgba?\(|hsla?\(/gi)).toBe(null);
    const icons = readdirSync(join(folder, 'nodes/icons'));
    expect(icons.length).toBeGreaterThanOrEqual(12);
    for (const icon of icons) {
      const drawn = readFileSync(join(folder, 'nodes/icons', icon), 'utf8');
      expect(drawn).toContain('width="40" height="60"');
      expect([...new Set(drawn.match(/#[\da-f]+/gi))]).toEqual(['#fff']);
    }
  });

  it('D01: brings at most six packages', () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(6);
  });

  it('D02: brings no package that has broken Node-RED', () => {
    expect(readdirSync(join(installation, 'node_modules'))).not.toContain('agent-base');
  });
});
