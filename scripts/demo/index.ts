import { createInterface } from 'node:readline';
import { mosquitto } from '../mosquitto.mjs';
import { root } from '../setup/paths.mjs';
import { Problem, reportProblems } from '../setup/problem.mjs';
import { step } from '../setup/progress.mjs';
import { Children } from './children.js';
import { startHomebridge } from './homebridge.js';
import { startMqtt } from './mqtt.js';
import { startNodeRed } from './node-red.js';
import { type DemoOptions, help, readOptions } from './options.mjs';
import { claimPort } from './ports.js';
import { startSimulator } from './simulator.js';
import { openStorage } from './storage.js';
import { welcome } from './welcome.js';

async function claimPorts({ ports, mqtt }: DemoOptions): Promise<DemoOptions['ports']> {
  return {
    simulator: await claimPort(ports.simulator, '--simulator-port'),
    control: await claimPort(ports.control, '--control-port'),
    homekit: await claimPort(ports.homekit, '--homekit-port'),
    nodeRed: await claimPort(ports.nodeRed, '--node-red-port'),
    mqtt: mqtt ? await claimPort(ports.mqtt, '--mqtt-port') : ports.mqtt,
  };
}

/** Starts everything, serves until `signal` aborts or a part ends by itself, and stops everything. */
async function demo(asked: DemoOptions, signal: AbortSignal): Promise<void> {
  const options = { ...asked, ports: await claimPorts(asked) };
  using storage = openStorage(options.storage, options);
  await using children = new Children(storage.folder, signal);
  const { nvr, command } = await step('start the simulated NVR', () => startSimulator(children, root, options));
  const bridge = await step('start Homebridge', () => startHomebridge(children, root, options, nvr));
  await step('start Node-RED', () => startNodeRed(children, root, options, nvr));
  if (options.mqtt)
    await step('start a broker and the MQTT bridge', () => startMqtt(children, root, options, nvr, mosquitto));
  process.stdout.write(welcome(options, bridge));
  children.show();
  const terminal = createInterface({ input: process.stdin });
  terminal.on('line', command);
  try {
    await children.untilStopped();
  } finally {
    terminal.close();
    process.stdin.destroy();
  }
}

await reportProblems(async () => {
  const options = readOptions(process.argv.slice(2), root);
  if (!options) return void process.stdout.write(help);
  const stop = new AbortController();
  // A terminal sends Ctrl-C to the whole process group, and npm passes it on once more: the first counts.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());
  try {
    await demo(options, stop.signal);
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'STOPPED')) throw error;
  }
  process.stdout.write('Everything is stopped.\n');
});
