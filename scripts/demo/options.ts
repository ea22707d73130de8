import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../setup/problem.mjs';

export interface DemoOptions {
  readonly cameras: number;
  readonly codec: 'h264' | 'h265';
  /** TCP ports; 0 takes any free one. */
  readonly ports: {
    readonly simulator: number;
    readonly control: number;
    readonly homekit: number;
    readonly nodeRed: number;
  };
  readonly storage: string;
  readonly lan: boolean;
  readonly reset: boolean;
}

export const help = `npm run demo [-- options]

Starts a simulated NVR, Homebridge and Node-RED with this plugin. Ctrl-C stops everything.

  --cameras N           cameras of the simulated NVR, 1 to 8 (4)
  --codec h264|h265     their video codec (h264)
  --lan                 let the network in, so that an iPhone can pair (loopback only)
  --reset               forget pairings and edited flows of earlier starts
  --storage FOLDER      where Homebridge and Node-RED keep their data (.demo)
  --homekit-port N      Homebridge (51850); for each port, 0 takes a free one
  --node-red-port N     Node-RED (1890)
  --simulator-port N    the NVR's web server (8090)
  --control-port N      the simulator's control (8091)
  --help                this text
`;

/** What `npm run demo -- …` asks for; `undefined` where it asks for help. Throws a `Problem` with code INVALID_OPTION. */
export function readOptions(args: readonly string[], root: string): DemoOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { codec } = values;
  if (codec !== 'h264' && codec !== 'h265') throw invalid('--codec is h264 or h265');
  const port = (name: `${'homekit' | 'node-red' | 'simulator' | 'control'}-port`) =>
    integer(`--${name}`, values[name], 0, 65535);
  return {
    cameras: integer('--cameras', values.cameras, 1, 8),
    codec,
    ports: {
      simulator: port('simulator-port'),
      control: port('control-port'),
      homekit: port('homekit-port'),
      nodeRed: port('node-red-port'),
    },
    storage: resolve(root, values.storage),
    lan: values.lan,
    reset: values.reset,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cameras: { type: 'string', default: '4' },
        codec: { type: 'string', default: 'h264' },
        lan: { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        storage: { type: 'string', default: '.demo' },
        'homekit-port': { type: 'string', default: '51850' },
        'node-red-port': { type: 'string', default: '1890' },
        'simulator-port': { type: 'string', default: '8090' },
        'control-port': { type: 'string', default: '8091' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function integer(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= low && value <= high) return value;
  throw invalid(`${name} is a whole number from ${low} to ${high}, not "${text}"`);
}

function invalid(problem: string): Problem {
  return new Problem('INVALID_OPTION', `${problem}. \`npm run demo -- --help\` lists the options.`);
}
