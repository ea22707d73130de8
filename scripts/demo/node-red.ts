import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Children } from './children.js';
import { pointAtNvr } from './flows.js';
import type { DemoOptions } from './options.mjs';
import type { DemoNvr } from './simulator.js';

/** Starts Node-RED with the palette of this checkout and the example flow, or what the user made of it. */
export async function startNodeRed(
  children: Children,
  root: string,
  options: DemoOptions,
  nvr: DemoNvr,
): Promise<void> {
  const userDir = join(options.storage, 'node-red');
  mkdirSync(join(userDir, 'node_modules'), { recursive: true });
  const plugin = join(userDir, 'node_modules/homebridge-everfocus-nvr');
  if (!existsSync(plugin)) symlinkSync(root, plugin, 'junction');
  const file = join(userDir, 'flows.json');
  const source = existsSync(file) ? file : join(root, 'examples/motion-to-snapshot.json');
  const { flows, credentials } = pointAtNvr(JSON.parse(readFileSync(source, 'utf8')) as unknown, nvr);
  writeFileSync(file, `${JSON.stringify(flows, null, 2)}\n`);
  writeFileSync(join(userDir, 'flows_cred.json'), `${JSON.stringify(credentials, null, 2)}\n`);
  const settings = join(userDir, 'settings.cjs');
  writeFileSync(settings, `module.exports = ${JSON.stringify(nodeRedSettings(options))};\n`);
  const program = join(root, 'node_modules/node-red/red.js');
  await children.start(
    'Node-RED',
    [program, '-u', userDir, '-s', settings],
    [/Server now running at/, /Started flows/],
  );
}

/** Node-RED's settings. */
export function nodeRedSettings({ lan, ports }: Pick<DemoOptions, 'lan' | 'ports'>) {
  return {
    uiHost: lan ? '0.0.0.0' : '127.0.0.1',
    uiPort: ports.nodeRed,
    flowFile: 'flows.json',
    // The only secret is the simulator's well-known password.
    credentialSecret: false,
    // The editor would ask the public catalogue for nodes; the demo stays on this machine.
    editorTheme: { tours: false, palette: { catalogues: [] } },
    telemetry: { enabled: false, updateNotification: false },
  };
}
