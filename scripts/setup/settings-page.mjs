// Makes of `src/homebridge/settings-page` what Homebridge's UI loads: `homebridge-ui/`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const source = join(root, 'src/homebridge/settings-page/page');

/** Writes `homebridge-ui/`. */
export async function buildSettingsPage() {
  const { build, transform } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(source, 'main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  });
  const style = await transform(readFileSync(join(source, 'style.css'), 'utf8'), { loader: 'css', minify: true });
  // In one file, so that no browser has half of an older one.
  const script = outputFiles[0]?.text.trim().replaceAll('</script', '<\\/script') ?? '';
  const page = `<style>${style.code.trim()}</style>\n<div id="everfocus"></div>\n<script>${script}</script>\n`;
  mkdirSync(join(root, 'homebridge-ui/public'), { recursive: true });
  writeFileSync(join(root, 'homebridge-ui/public/index.html'), page);
  const server =
    "import { SettingsServer } from '../dist/homebridge/settings-page/server.js';\n\nnew SettingsServer();\n";
  writeFileSync(join(root, 'homebridge-ui/server.js'), server);
}
