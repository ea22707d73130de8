import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command, Option, Options } from '../command.js';
import { EXIT, Failure } from '../failure.js';

/** Options of the simulator that are handed on. */
const handedOn: Options = {
  port: portOption('Port of the NVR.', '8080'),
  'https-port': portOption('Port of its HTTPS.', 'none'),
  'control-port': portOption('Port of its control page.', '8081'),
  'rtsp-port': portOption('Port of RTSP.', 'none'),
  cameras: { type: 'number', value: 'n', minimum: 1, maximum: 8, description: 'Number of cameras.', otherwise: '4' },
  codec: { choices: ['h264', 'h265'], value: 'name', description: 'Codec of the pictures.', otherwise: 'h264' },
  scene: {
    type: 'number',
    value: 's',
    minimum: 2,
    maximum: 3600,
    description: 'Motion at one camera after the other, each so long.',
    otherwise: 'none',
  },
};

export const simulate: Command = {
  name: 'simulate',
  summary: 'Run a simulated NVR on this machine, to try things without one',
  description: [
    'User admin, password admin123. The simulator is a package of its own: npm install -g everfocus-simulator.',
  ],
  options: handedOn,
  examples: [
    ['everfocus simulate --scene 10', 'an NVR with four cameras at which something moves'],
    [
      'EVERFOCUS_PASSWORD=admin123 everfocus doctor --host 127.0.0.1 --port 8080 -u admin',
      'looks at it from another terminal',
    ],
  ],
  async run({ given, signal }) {
    const args = Object.keys(handedOn).flatMap((name) => {
      const value = given.text(name);
      return value === undefined ? [] : [`--${name}=${value}`];
    });
    return runSimulator(args, signal);
  },
};

/** Runs the simulator with these arguments until the signal ends it. @throws {@link Failure} `NOT_INSTALLED` */
export async function runSimulator(args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [simulatorPath(), ...args], { stdio: 'inherit' });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? EXIT.failed;
  } finally {
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
  }
}

/** 0 is any that is free. */
export function portOption(description: string, otherwise: string): Option {
  return { type: 'number', value: 'port', minimum: 0, maximum: 65535, description, otherwise };
}

/** @throws {@link Failure} `NOT_INSTALLED` */
function simulatorPath(): string {
  try {
    const path = fileURLToPath(new URL('cli.js', import.meta.resolve('everfocus-simulator')));
    if (existsSync(path)) return path;
  } catch {
    throw new Failure(
      'NOT_INSTALLED',
      'the simulator is not installed: npm install -g everfocus-simulator, or npx everfocus-simulator',
    );
  }
  throw new Failure('NOT_INSTALLED', 'the simulator of this checkout is not built: npm run build');
}
