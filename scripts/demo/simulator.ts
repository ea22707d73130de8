import { join } from 'node:path';
import type { Children } from './children.js';
import type { DemoOptions } from './options.mjs';

/** How the NVR of the demo is reached. */
export interface DemoNvr {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Starts the simulator; `command` types a line into it. */
export async function startSimulator(
  children: Children,
  root: string,
  { cameras, codec, ports }: DemoOptions,
): Promise<{ nvr: DemoNvr; command: (line: string) => void }> {
  const nvr = { host: '127.0.0.1', port: ports.simulator, username: 'admin', password: 'admin123' };
  const args = { port: ports.simulator, 'control-port': ports.control, cameras, codec };
  const { type } = await children.start(
    'simulator',
    [
      join(root, 'packages/simulator/dist/cli.js'),
      ...Object.entries(args).map(([name, value]) => `--${name}=${value}`),
    ],
    [/^Control +http/],
  );
  return { nvr, command: type };
}
