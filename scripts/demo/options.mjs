import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../setup/problem.mjs';

// Plain JavaScript, since a wrong option is told before anything is installed.

/**
 * @typedef {object} DemoOptions
 * @property {number} cameras
 * @property {'h264' | 'h265'} codec
 * @property {{ simulator: number, control: number, homekit: number, nodeRed: number, mqtt: number }} ports TCP; 0 takes any free one
 * @property {string} storage
 * @property {boolean} lan
 * @property {boolean} reset
 * @property {boolean} mqtt a broker and the MQTT bridge, too
 */

/** What `npm run demo -- --help` prints. */
export const help = `npm run demo [-- options]

Starts a simulated NVR, Homebridge and Node-RED with this plugin. Ctrl-C stops everything.
Homebridge's port is open to the network even without --lan: not announced, and guarded by the setup code.

  --cameras N           cameras of the simulated NVR, 1 to 8 (4)
  --codec h264|h265     their video codec (h264)
  --lan                 let an iPhone find the bridge, and the network use Node-RED (this machine only)
  --mqtt                a broker and the MQTT bridge besides
  --reset               forget pairings and edited flows of earlier starts
  --storage FOLDER      where Homebridge and Node-RED keep their data (.demo)
  --homekit-port N      Homebridge (51850); for each port, 0 takes a free one
  --node-red-port N     Node-RED (1890)
  --simulator-port N    the NVR's web server (8090)
  --control-port N      the simulator's control (8091)
  --mqtt-port N         the broker (1884), on this machine only
  --help                this text
`;

/**
 * What `npm run demo -- …` asks for; `undefined` where it asks for help.
 *
 * @param {readonly string[]} args
 * @param {string} root what a relative storage folder is relative to
 * @returns {DemoOptions | undefined}
 * @throws {Problem} INVALID_OPTION
 */
export function readOptions(args, root) {
  const values = parse(args);
  if (values.help) return undefined;
  const { codec } = values;
  if (codec !== 'h264' && codec !== 'h265') throw invalid('--codec is h264 or h265');
  const port = (/** @type {`${'homekit' | 'node-red' | 'simulator' | 'control' | 'mqtt'}-port`} */ name) =>
    integer(`--${name}`, values[name], 0, 65535);
  const ports = {
    simulator: port('simulator-port'),
    control: port('control-port'),
    homekit: port('homekit-port'),
    nodeRed: port('node-red-port'),
    mqtt: port('mqtt-port'),
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
    mqtt: values.mqtt,
  };
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cameras: { type: 'string', default: '4' },
        codec: { type: 'string', default: 'h264' },
        lan: { type: 'boolean', default: false },
        reset: { type: 'boolean', default: false },
        mqtt: { type: 'boolean', default: false },
        storage: { type: 'string', default: '.demo' },
        'homekit-port': { type: 'string', default: '51850' },
        'node-red-port': { type: 'string', default: '1890' },
        'simulator-port': { type: 'string', default: '8090' },
        'control-port': { type: 'string', default: '8091' },
        'mqtt-port': { type: 'string', default: '1884' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} name @param {string} text @param {number} low @param {number} high */
function integer(name, text, low, high) {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= low && value <= high) return value;
  throw invalid(`${name} is a whole number from ${low} to ${high}, not "${text}"`);
}

/** @param {string} problem */
function invalid(problem) {
  return new Problem('INVALID_OPTION', `${problem}. \`npm run demo -- --help\` lists the options.`);
}
