// Makes of `src/node-red/nodes/*`, a folder for each node, what Node-RED loads: `nodes/` and `resources/`.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import {
  declaredTexts,
  dictionaryOf,
  editorTexts,
  helpTexts,
  lackingIn,
  languages,
  original,
  translatedHelp,
} from './translations.mjs';

const source = join(root, 'src/node-red');
const nodes = join(source, 'nodes');
const name = 'homebridge-everfocus-nvr';
/** The configuration node, whose fields Node-RED calls by another name, and which has no NVR but is one. */
const configurationNode = 'nvr';
/** Nodes that are no NVR's. */
const withoutNvr = [configurationNode, 'discover'];

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
  const form = isCall(node) ? '<div id="everfocus-call"></div>\n' : read(join(nodes, node, 'form.html'));
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
${withoutNvr.includes(node) ? '' : nvr}${form}</div>
</script>

${helpPage(node, helpOf(node))}`;
}

/** @param {string} node without a form of its own: what it does is a list of actions */
function isCall(node) {
  return !existsSync(join(nodes, node, 'form.html'));
}

/**
 * The help of a node as it is written, in Markdown.
 *
 * @param {string} node
 */
export function helpOf(node) {
  const own = read(join(nodes, node, 'help.md'));
  return isCall(node) ? `${own}\n${read(join(source, 'editor/call-help.md'))}` : own;
}

/**
 * @param {string} node
 * @param {string} help
 */
function helpPage(node, help) {
  return `<script type="text/markdown" data-help-name="everfocus-${node}">\n${help}</script>\n`;
}

/**
 * The texts of one language that have keys: those that all nodes share, and each node's own below its name.
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

/**
 * The texts that a language lacks, of everything that the editor shows.
 *
 * @param {string} language
 * @param {import('../../src/node-red/form.js').Forms} forms
 */
export function lackingTexts(language, forms) {
  if (language === original) return [];
  const declared = distinctOf([...declaredTexts(forms), ...editorTexts()]);
  const help = distinctOf(nodeFolders().flatMap((node) => helpTexts(helpOf(node))));
  return [
    ...lackingKeys(catalogueOf(original), catalogueOf(language)),
    ...lackingIn(declared, dictionaryOf(language, 'declarations')),
    ...lackingIn(help, dictionaryOf(language, 'help')),
  ];
}

/** @param {string[]} texts */
function distinctOf(texts) {
  return [...new Set(texts)];
}

/**
 * @param {Record<string, Record<string, string>>} all
 * @param {Record<string, Record<string, string>>} some
 */
function lackingKeys(all, some) {
  return Object.entries(all).flatMap(([group, texts]) =>
    Object.keys(texts)
      .filter((key) => !some[group]?.[key])
      .map((key) => `${group}.${key}`),
  );
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
  const textKey = await loadTextKey();
  for (const language of await offeredLanguages()) writeLanguage(language, textKey);
  await bundleEditor();
}

/** Half a language is none: who reads one word in two has to know both. */
async function offeredLanguages() {
  const module = await import(pathToFileURL(join(root, 'dist/node-red/form.js')).href);
  const forms = module.forms();
  return languages().filter((language) => {
    const lacking = lackingTexts(language, forms);
    if (lacking.length === 0) return true;
    process.stderr.write(
      `${language} is left out of the palette: ${lacking.length} texts lack in src/node-red/editor/locales\n`,
    );
    for (const text of lacking) process.stderr.write(`  ${text}\n`);
    return false;
  });
}

/**
 * How the editor's script finds a text.
 *
 * @returns {Promise<(text: string) => string>}
 */
async function loadTextKey() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(source, 'editor/text-key.ts')],
    format: 'esm',
    write: false,
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
  return module.textKey;
}

/**
 * @param {string} language
 * @param {(text: string) => string} textKey
 */
function writeLanguage(language, textKey) {
  const folder = join(root, 'nodes/locales', language);
  const dictionary = Object.entries(dictionaryOf(language, 'declarations'));
  const declarations = Object.fromEntries(dictionary.map(([text, translation]) => [textKey(text), translation]));
  if (Object.keys(declarations).length < dictionary.length) throw new Error(`${language}: two texts have one key`);
  const catalogue = { ...catalogueOf(language), declarations };
  // Node-RED looks for the catalogue of each file of nodes; that of the first serves all.
  write(join(folder, `everfocus-${configurationNode}.json`), `${JSON.stringify(catalogue)}\n`);
  if (language === original) return;
  for (const node of nodeFolders())
    write(join(folder, `everfocus-${node}.html`), helpPage(node, translatedHelp(helpOf(node), language)));
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
        "import { inLanguage } from './editor/palette-words.ts';",
        ...lines,
        `globalThis.everfocus = inLanguage({ ${all} });`,
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
