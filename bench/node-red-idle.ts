import { setTimeout as wait } from 'node:timers/promises';
import { Simulator } from '../packages/simulator/src/index.js';
import { NodeRedProcess } from '../test/node-red/support/node-red-process.js';
import type { Flow } from '../test/node-red/support/palette.js';
import { until } from '../test/support/until.js';
import { cpuOver } from './processes.js';
import type { Row } from './report.js';

/** Recorders of one Node-RED. */
const NVRS = 50;
/** ms that a steady state is looked at, each time. */
const WINDOW = 10_000;
const ROUNDS = 3;
/** Sockets of each: events, exceptions. */
const HOOKS = 2;

/**
 * CPU time of a Node-RED process with fifty recorders while nothing happens: each with a node that listens to its cameras and
 * one that listens to the recorder itself (lost and found, disks, exceptions), beside the same Node-RED with neither. 1 % of
 * one core is 100 ms.
 */
export async function nodeRedIdle(): Promise<Row[]> {
  const simulators = await Promise.all(
    Array.from({ length: NVRS }, (_, index) =>
      Simulator.start({ mac: `00:11:14:00:00:${(index + 1).toString(16).padStart(2, '0')}` }),
    ),
  );
  const nodeRed = await NodeRedProcess.start();
  try {
    const empty = await measured(nodeRed);
    await nodeRed.deploy([{ id: 'flow', type: 'tab' }, ...simulators.flatMap(nodesOf)], accounts(simulators));
    await until(
      'all of them to be listened to',
      () => simulators.every(({ openSockets }) => openSockets === HOOKS),
      60_000,
    );
    const ours = await measured(nodeRed);
    return [
      {
        what: `Node-RED with ${NVRS} recorders, idle: CPU time within ${WINDOW / 1000} s`,
        unit: 'ms',
        ours,
        beside: [{ what: 'Node-RED with none', values: empty }],
      },
    ];
  } finally {
    await nodeRed[Symbol.asyncDispose]();
    await Promise.all(simulators.map((simulator) => simulator.stop()));
  }
}

async function measured(nodeRed: NodeRedProcess): Promise<number[]> {
  // What a deploy leaves behind is no idling.
  await wait(5000);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(1000 * (await cpuOver(WINDOW, [nodeRed.pid])));
  return times;
}

function nodesOf({ port }: Simulator, index: number): Flow {
  const nvr = `nvr${index}`;
  const place = { z: 'flow', x: 0, y: 0, nvr, wires: [[]], version: 1 };
  return [
    { id: nvr, type: 'everfocus-nvr', name: `Site ${index}`, host: '127.0.0.1', port: String(port), version: 1 },
    { ...place, id: `camera${index}`, type: 'everfocus-camera-event', kinds: 'motion' },
    { ...place, id: `own${index}`, type: 'everfocus-nvr-event', kinds: 'connection, disk, exception' },
  ];
}

function accounts(simulators: readonly Simulator[]): Record<string, object> {
  return Object.fromEntries(simulators.map((_, index) => [`nvr${index}`, { username: 'admin', password: 'admin123' }]));
}
