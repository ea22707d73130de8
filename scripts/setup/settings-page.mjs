// Makes of `src/homebridge/settings-page` what Homebridge's UI loads: `homebridge-ui/`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleForBrowsers, minifiedStyle } from './bundle.mjs';
import { root } from './paths.mjs';

const source = join(root, 'src/homebridge/settings-page/page');

/** Writes `homebridge-ui/`. */
export async function buildSettingsPage() {
  const { outputFiles } = await bundleForBrowsers({
    entryPoints: [join(source, 'main.ts')],
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
