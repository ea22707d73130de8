// Makes of `src/homebridge/settings-page` what Homebridge's UI loads: `homebridge-ui/`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForBrowsers, minifiedStyle } from './bundle.mjs';
import { root } from './paths.mjs';
import { loadTextKey } from './translations.mjs';

const source = join(root, 'src/homebridge/settings-page/page');

/**
 * What the page says in other languages, by its English texts (docs/node-red/translations.md).
 *
 * @returns {Record<string, Record<string, string>>} by language
 */
export function pageDictionaries() {
  const folder = join(source, 'locales');
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    ]),
  );
}

/** Writes `homebridge-ui/`. */
export async function buildSettingsPage() {
  const textKey = await loadTextKey();
  const dictionaries = Object.entries(pageDictionaries()).map(([language, dictionary]) => {
    const texts = Object.entries(dictionary).map(([text, translation]) => [textKey(text), translation]);
    if (new Set(texts.map(([key]) => key)).size < texts.length) throw new Error(`${language}: two texts have one key`);
    return [language, Object.fromEntries(texts)];
  });
  const { outputFiles } = await bundleForBrowsers({
    stdin: {
      contents: `import { start } from './main.ts'; start(${JSON.stringify(Object.fromEntries(dictionaries))});`,
      resolveDir: source,
      sourcefile: 'page.ts',
      loader: 'ts',
    },
    format: 'iife',
    write: false,
  });
  const style = await minifiedStyle(readFileSync(join(source, 'style.css'), 'utf8'));
  // In one file, so that no browser has half of an older one.
  const script = outputFiles?.[0]?.text.trim().replaceAll('</script', '<\\/script') ?? '';
  const page = `<style>${style.trim()}</style>\n<div id="everfocus"></div>\n<script>${script}</script>\n`;
  mkdirSync(join(root, 'homebridge-ui/public'), { recursive: true });
  writeFileSync(join(root, 'homebridge-ui/public/index.html'), page);
  const server =
    "import { SettingsServer } from '../dist/homebridge/settings-page/server.js';\n\nnew SettingsServer();\n";
  writeFileSync(join(root, 'homebridge-ui/server.js'), server);
}
