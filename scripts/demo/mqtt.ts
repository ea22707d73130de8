import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Children } from './children.js';
import type { DemoOptions } from './options.mjs';
import type { DemoNvr } from './simulator.js';

/**
 * Starts a broker on this machine's own address, and the bridge that tells it of the NVR.
 *
 * @param broker path of Mosquitto; `undefined`: there is none, and the one of npm does
 */
export async function startMqtt(
  children: Children,
  root: string,
  options: Pick<DemoOptions, 'storage'> & { readonly ports: Pick<DemoOptions['ports'], 'mqtt'> },
  nvr: DemoNvr,
  broker: string | undefined,
): Promise<void> {
  const folder = join(options.storage, 'mqtt');
  mkdirSync(folder, { recursive: true });
  const { mqtt: port } = options.ports;
  if (broker !== undefined) {
    const config = join(folder, 'mosquitto.conf');
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    await children.start('broker', ['-c', config], [/running/], broker);
  } else {
    const settings = JSON.stringify({ port });
    await children.start('broker', [join(root, 'scripts/demo/aedes.mjs'), settings], [/listens/]);
  }
  const file = join(folder, 'bridge.json');
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(bridgeConfig(port, nvr, broker !== undefined), null, 2)}\n`, {
    mode: 0o600,
  });
  await children.start('bridge', [join(root, 'dist/cli/main.js'), 'bridge', file], [/connected to the broker/]);
}

/** What the bridge of the demo tells, and lets be done: everything, since nothing is real. */
export function bridgeConfig(port: number, nvr: DemoNvr, knowsFive: boolean): object {
  return {
    site: 'demo',
    broker: { url: `mqtt://127.0.0.1:${port}`, ...(!knowsFive && { version: '3.1.1' }) },
    nvrs: [
      {
        ...{ ...nvr, https: false, snapshots: {} },
        commands: { outputs: true, ptz: true, record: true, snapshot: true, call: ['getPort'] },
      },
    ],
  };
}
