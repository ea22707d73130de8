// Makes of `src/node-red/nodes/*`, a folder for each node, what Node-RED loads: `nodes/` and `resources/`.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleForBrowsers, minifiedStyle } from './bundle.mjs';
import { root } from './paths.mjs';
import {
  declaredTexts,
  dictionaryOf,
  editorTexts,
  helpTexts,
  lackingIn,
  languages,
  loadTextKey,
  original,
  translatedHelp,
} from './translations.mjs';

const source = join(root, 'src/node-red');
const nodes = join(source, 'nodes');
const name = 'homebridge-everfocus-nvr';
/** The configuration node, whose fields Node-RED calls by another name, and which has no NVR but is one. */
const configurationNode = 'nvr';
/** A widget of FlowFuse Dashboard 2, which knows widgets by the begin of their types. */
const widget = 'tile';
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
 * The type of a node, by its folder.
 *
 * @param {string} node
 */
export function typeOf(node) {
  return `${node === widget ? 'ui-' : ''}everfocus-${node}`;
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
  const registered = `RED.nodes.registerType('${typeOf(node)}', everfocus['${node}']);`;
  return `<script type="module" src="resources/${name}/editor.js"></script>
<script type="text/javascript">
  ${node === widget ? `everfocusDashboard(() => { ${registered} });` : registered}
</script>

<script type="text/html" data-template-name="${typeOf(node)}">
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
  return `<script type="text/markdown" data-help-name="${typeOf(node)}">\n${help}</script>\n`;
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
    write(join(root, 'nodes', `${typeOf(node)}.js`), runtime);
    write(join(root, 'nodes', `${typeOf(node)}.html`), pageOf(node));
    const icon = join(nodes, node, 'icon.svg');
    if (existsSync(icon)) cpSync(icon, join(root, 'nodes/icons', `everfocus-${node}.svg`));
  }
  const textKey = await loadTextKey();
  const forms = (await import(pathToFileURL(join(root, 'dist/node-red/form.js')).href)).forms();
  const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);
  for (const language of offeredLanguages(languages(), (one) => lackingTexts(one, forms), say))
    writeLanguage(language, textKey);
  await bundleEditor();
  await bundleWidget();
}

/**
 * The languages that are complete. Half a language is none: who reads one word in two has to know both.
 *
 * @param {string[]} all
 * @param {(language: string) => string[]} lackingOf the texts that a language lacks
 * @param {(line: string) => void} say is told of the others, and what they lack
 */
export function offeredLanguages(all, lackingOf, say) {
  return all.filter((language) => {
    const lacking = lackingOf(language);
    if (lacking.length === 0) return true;
    say(`${language} is left out of the palette: ${lacking.length} texts lack in src/node-red/editor/locales`);
    for (const text of lacking) say(`  ${text}`);
    return false;
  });
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
    write(join(folder, `${typeOf(node)}.html`), helpPage(node, translatedHelp(helpOf(node), language)));
}

/** One script for all nodes: the browser runs a module once, however many pages name it. */
async function bundleEditor() {
  const folders = nodeFolders();
  const lines = folders.map((node, index) => `import node${index} from './nodes/${node}/editor.ts';`);
  const all = folders.map((node, index) => `'${node}': node${index}`).join(', ');
  await bundleForBrowsers({
    stdin: {
      contents: [
        "import './editor/style.css';",
        "import { inLanguage } from './editor/palette-words.ts';",
        ...lines,
        "import { whereDashboard } from './editor/dashboard.ts';",
        `globalThis.everfocus = inLanguage({ ${all} });`,
        'globalThis.everfocusDashboard = whereDashboard;',
        `$('<link rel="stylesheet">').attr('href', 'resources/${name}/editor.css').appendTo('head');`,
      ].join('\n'),
      resolveDir: source,
      sourcefile: 'editor.ts',
      loader: 'ts',
    },
    format: 'esm',
    outfile: join(root, 'resources/editor.js'),
  });
}

/**
 * A style sheet as a text.
 *
 * @param {{ path: string }} file
 */
async function minifiedText({ path }) {
  return { contents: await minifiedStyle(read(path)), loader: /** @type {const} */ ('text') };
}

/** What the dashboard loads of the widget: a script that brings all but Vue, which the dashboard has. */
async function bundleWidget() {
  await bundleForBrowsers({
    stdin: {
      contents: `import style from './style.css';
        import en from './locales/en-US.json';
        import de from './locales/de.json';
        import zh from './locales/zh-TW.json';
        import { widget } from './widget.ts';
        globalThis['${typeOf(widget)}'] = { UIEverfocusTile: widget(globalThis.Vue, style, { en, de, zh }) };`,
      resolveDir: join(nodes, widget, 'widget'),
      sourcefile: 'index.ts',
      loader: 'ts',
    },
    plugins: [{ name: 'style', setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, minifiedText) }],
    format: 'iife',
    outfile: join(root, `resources/${typeOf(widget)}.umd.js`),
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
