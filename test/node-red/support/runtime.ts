import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { credentials, type Flow, helper, nvrNode, palette } from './palette.js';

/** A fresh simulator for each test, and a runtime around all of them. */
export function withRuntime(): () => Simulator {
  let simulator: Simulator;
  beforeAll(async () => {
    await helper.startServer();
  });
  afterAll(async () => {
    await helper.stopServer();
  });
  beforeEach(async () => {
    simulator = await Simulator.start();
  });
  afterEach(async () => {
    await helper.unload();
    await simulator.stop();
  });
  return () => simulator;
}

/** Without a place on the canvas Node-RED takes a node for a configuration node. */
const place = { z: 'flow', x: 0, y: 0 };
const channelOfEvent = { ChannelID: { type: 'msg', value: 'payload.channel' } };
export const event = { id: 'event', type: 'everfocus-event', ...place, nvr: 'nvr', version: 1 };
export const snapshot = {
  ...{ id: 'snapshot', type: 'everfocus-call', ...place, nvr: 'nvr', operation: 'takeSnapshot' },
  ...{ params: channelOfEvent, output: 'payload', confirm: false, version: 1 },
};
export const api = {
  ...snapshot,
  id: 'api',
  type: 'everfocus-call',
  operation: 'getSystemInfo',
  params: {},
  wires: [['out']],
};
export const out = { id: 'out', type: 'helper', ...place };
export const caught = { id: 'caught', type: 'helper', ...place };
export const tab = { id: 'flow', type: 'tab' };
export const catcher = { id: 'catch', type: 'catch', ...place, scope: null, uncaught: false, wires: [['caught']] };

/** Deploys nodes beside an NVR, a helper `out`, and a Catch node with its helper `caught`. */
export function deploy(simulator: Simulator, ...nodes: Flow): Promise<void> {
  return helper.load(palette, [tab, nvrNode(simulator), ...nodes, out, catcher, caught], credentials());
}

export function statusTexts(id: string): string[] {
  const texts: string[] = [];
  helper.getNode(id).on('call:status', ({ args }) => texts.push((args[0] as { text?: string }).text ?? ''));
  return texts;
}

/** What the runtime has logged since deploy. */
export function logged(): string {
  return helper
    .log()
    .args.map(([entry]) => String((entry as { msg: unknown }).msg))
    .join('\n');
}

export const motion = { channel: 2, type: 'Motion', state: 'active' } as const;

const KINDS = ['TCPSocketWrap', 'UDPWrap', 'ProcessWrap', 'PipeWrap', 'Timeout'];

/** Notes how many sockets, processes and timers this process has. @returns whether there are no more than that */
export function resourcesNow(): () => boolean {
  const count = () => KINDS.map((kind) => process.getActiveResourcesInfo().filter((name) => name === kind).length);
  const before = count();
  return () => count().every((now, at) => now <= (before[at] ?? 0));
}
