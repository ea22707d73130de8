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

/** What `npm run demo -- …` asks for; `undefined` where it asks for help. Throws a `Problem` with code INVALID_OPTION. */
export function readOptions(args: readonly string[], root: string): DemoOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const { codec } = values;
  if (codec !== 'h264' && codec !== 'h265') throw invalid('--codec is h264 or h265');
  const port = (name: `${'homekit' | 'node-red' | 'simulator' | 'control'}-port`) =>
    integer(`--${name}`, values[name], 0, 65535);
  const ports = {
    simulator: port('simulator-port'),
    control: port('control-port'),
    homekit: port('homekit-port'),
    nodeRed: port('node-red-port'),
  };
  const chosen = Object.values(ports).filter((number) => number !== 0);
  const twice = chosen.find((number, index) => chosen.indexOf(number) !== index);
  if (twice !== undefined) throw invalid(`port ${twice} is given to two parts, and each needs its own`);
  return {
    cameras: integer('--cameras', values.cameras, 1, 8),
    codec,
    ports,
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
