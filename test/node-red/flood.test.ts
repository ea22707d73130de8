import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { NodeRedProcess } from './support/node-red-process.js';
import { credentials, nvrNode } from './support/palette.js';

let simulator: Simulator;
let nodeRed: NodeRedProcess;
beforeAll(async () => {
  simulator = await Simulator.start();
  nodeRed = await NodeRedProcess.start({}, 'node-red', [], [`--import=data:text/javascript,${turns}`]);
}, 180_000);
afterAll(async () => {
  await simulator.stop();
  await nodeRed[Symbol.asyncDispose]();
});

/**
 * Notes what one turn of Node-RED's event loop costs: whoever asks waits for it. As CPU time of its thread, which other
 * processes of a busy machine do not add to; a timer that is due begins each turn.
 */
const PACE = 10;
const NOTED = 50;
const turns = encodeURIComponent(`
  const spent = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
  let last = spent();
  setInterval(() => {
    const now = spent();
    if (now - last >= ${NOTED}) console.log('turn of', Math.round(now - last), 'ms');
    last = now;
  }, ${PACE}).unref();
`);
/** ms of CPU; the editor is answered within that, with some to spare for what answers. */
const ANSWERED = 300;
const turnsIn = (output: string) => [...output.matchAll(/turn of (\d+) ms/g)].map(([, ms]) => Number(ms));

const MANY = 10_000;
const place = { z: 'flow', x: 0, y: 0 };
const events = {
  ...{ id: 'events', type: 'everfocus-nvr-event', ...place, nvr: 'nvr', kinds: 'metadata', types: '', version: 1 },
  wires: [['count']],
};
/** Counts what comes, and what comes out of turn. */
const count = {
  ...{ id: 'count', type: 'function', ...place, outputs: 0, wires: [] },
  func: `const { count = 0, astray = 0 } = global.get('seen') ?? {};
const number = Number(/\\d+/.exec(msg.payload.data)?.[0]);
global.set('seen', { count: count + 1, astray: astray + (number === count ? 0 : 1) });`,
};

async function seen(): Promise<{ count: number; astray: number }> {
  const response = await fetch(`${nodeRed.url}/context/global/seen?store=memory`);
  const { msg = '' } = (await response.json()) as { msg?: string };
  return { count: 0, astray: 0, ...(msg.startsWith('{') && (JSON.parse(msg) as object)) };
}

/** How often the editor is answered while something goes on. Asked from a thread of its own: ours is busy with the storm. */
async function answersDuring(work: () => Promise<unknown>): Promise<number> {
  const asking = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
    (async () => { for (;;) { await (await fetch(workerData)).text(); parentPort.postMessage('answered'); } })();`,
    { eval: true, workerData: `${nodeRed.url}/auth/login` },
  );
  let answers = 0;
  asking.on('message', () => (answers += 1));
  try {
    await once(asking, 'message');
    answers = 0;
    await work();
    return answers;
  } finally {
    await asking.terminate();
  }
}

it('of 10,000 events at once none is lost, all come in turn, and the editor is answered meanwhile', async () => {
  await nodeRed.deploy([{ id: 'flow', type: 'tab' }, nvrNode(simulator), events, count], credentials());
  await until('the node to listen', () => simulator.openSockets === 2);
  const from = nodeRed.output.length;
  const answers = await answersDuring(async () => {
    simulator.faults.noticeStorm(MANY);
    await until('all of them', async () => (await seen()).count >= MANY, 60_000);
  });
  expect(await seen()).toEqual({ count: MANY, astray: 0 });
  // A host that is buried answers when all is over.
  expect(answers).toBeGreaterThan(5);
  // The start of Node-RED has such turns, so they are noted.
  expect(turnsIn(nodeRed.output.slice(0, from)).length).toBeGreaterThan(0);
  expect(turnsIn(nodeRed.output.slice(from)).filter((ms) => ms > ANSWERED - PACE)).toEqual([]);
  // The NVR may have had to wait, by what this machine's CPU takes for it; nothing was counted as left out.
  expect(nodeRed.output).not.toMatch(/passed over|\(limit (?!hook\.(work|burst):)/);
});
