// Makes of `src/node-red/nodes/*`, a folder for each node, what Node-RED loads: `nodes/` and `resources/`.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const source = join(root, 'src/node-red');
const nodes = join(source, 'nodes');
const name = 'homebridge-everfocus-nvr';
/** The configuration node, whose fields Node-RED calls by another name, and which has no NVR but is one. */
const configurationNode = 'nvr';

/** The nodes, each by the folder that holds everything about it. */
export function nodeFolders() {
  return readdirSync(nodes, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * What Node-RED's editor loads of a node. The scorecard wants the type registered by a literal in it.
 *
 * @param {string} node its folder
 */
export function pageOf(node) {
  const isCall = !existsSync(join(nodes, node, 'form.html'));
  const form = isCall ? '<div id="everfocus-call"></div>\n' : read(join(nodes, node, 'form.html'));
  const help = [read(join(nodes, node, 'help.md')), ...(isCall ? [read(join(source, 'editor/call-help.md'))] : [])];
  const prefix = node === configurationNode ? 'node-config-input' : 'node-input';
  const nvr = `<div class="form-row"><label for="${prefix}-nvr">NVR</label> <input type="text" id="${prefix}-nvr" /></div>\n`;
  return `<script type="module" src="resources/${name}/editor.js"></script>
<script type="text/javascript">
  RED.nodes.registerType('everfocus-${node}', everfocus['${node}']);
</script>

<script type="text/html" data-template-name="everfocus-${node}">
<div class="everfocus-form">
<div class="form-row">
<label for="${prefix}-name" data-i18n="node-red:common.label.name"></label>
<input type="text" id="${prefix}-name" />
</div>
${node === configurationNode ? '' : nvr}${form}</div>
</script>

<script type="text/markdown" data-help-name="everfocus-${node}">
${help.join('\n')}</script>
`;
}

/**
 * The texts of one language: those that all nodes share, and each node's own below its name.
 *
 * @param {string} language
 * @returns {Record<string, Record<string, string>>}
 */
export function catalogueOf(language) {
  const own = nodeFolders()
    .map((node) => [node, join(nodes, node, 'locales', `${language}.json`)])
    .filter(([, file = '']) => existsSync(file))
    .map(([node, file = '']) => [node, JSON.parse(read(file))]);
  return { ...JSON.parse(read(join(source, 'editor/locales', `${language}.json`))), ...Object.fromEntries(own) };
}

export function languages() {
  return readdirSync(join(source, 'editor/locales')).map((file) => file.replace('.json', ''));
}

/** Writes `nodes/` and `resources/`. */
export async function buildPalette() {
  for (const node of nodeFolders()) {
    // The runtime stays in `dist`: all nodes share one client for each NVR.
    const runtime = `export { default } from '../dist/node-red/nodes/${node}/runtime.js';\n`;
    write(join(root, 'nodes', `everfocus-${node}.js`), runtime);
    write(join(root, 'nodes', `everfocus-${node}.html`), pageOf(node));
    const icon = join(nodes, node, 'icon.svg');
    if (existsSync(icon)) cpSync(icon, join(root, 'nodes/icons', `everfocus-${node}.svg`));
  }
  for (const language of languages()) {
    // Node-RED looks for the catalogue of each file of nodes; that of the first serves all.
    const file = join(root, 'nodes/locales', language, `everfocus-${configurationNode}.json`);
    write(file, `${JSON.stringify(catalogueOf(language), null, 2)}\n`);
  }
  await bundleEditor();
}

/** One script for all nodes: the browser runs a module once, however many pages name it. */
async function bundleEditor() {
  const { build } = await import('esbuild');
  const folders = nodeFolders();
  const lines = folders.map((node, index) => `import node${index} from './nodes/${node}/editor.ts';`);
  const all = folders.map((node, index) => `'${node}': node${index}`).join(', ');
  await build({
    stdin: {
      contents: [
        "import './editor/style.css';",
        ...lines,
        `globalThis.everfocus = { ${all} };`,
        `$('<link rel="stylesheet">').attr('href', 'resources/${name}/editor.css').appendTo('head');`,
      ].join('\n'),
      resolveDir: source,
      sourcefile: 'editor.ts',
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    outfile: join(root, 'resources/editor.js'),
    logLevel: 'warning',
  });
}

/** @param {string} file */
function read(file) {
  return readFileSync(file, 'utf8');
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}
