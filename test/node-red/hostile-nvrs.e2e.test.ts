import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { AlteredNvr } from '../support/altered-nvr.js';
import { badLinesOf, hostilities } from '../support/hostilities.js';
import { until } from '../support/until.js';
import { NodeRedProcess } from './support/node-red-process.js';
import { credentials, type Flow, nvrNode } from './support/palette.js';

const names = Object.keys(hostilities);
let good: Simulator;
/** Behind all that are hostile. */
let simulator: Simulator;
const fronts: AlteredNvr[] = [];
let nodeRed: NodeRedProcess;

beforeAll(async () => {
  [good, simulator] = [await Simulator.start({ cameras: 1 }), await Simulator.start({ cameras: 1 })];
  for (const hostility of Object.values(hostilities)) fronts.push(await AlteredNvr.start(simulator, hostility));
  nodeRed = await NodeRedProcess.start();
}, 180_000);
afterAll(async () => {
  await nodeRed?.[Symbol.asyncDispose]();
  await Promise.all(fronts.map((front) => front[Symbol.asyncDispose]()));
  await Promise.all([good, simulator].map((each) => each?.stop()));
});

const place = { z: 'flow', x: 0, y: 0 };
const operations = ['cameraList', 'getSystemInfo', 'getStorages'] as const;

/** Reads what an NVR has whenever its button is pressed, and hears its events. */
function nodesOf(name: string, nvr: Pick<Simulator, 'port'>): Flow {
  const calls = operations.map((operation) => ({
    ...{ id: `${operation} ${name}`, type: 'everfocus-call', ...place, nvr: `nvr ${name}`, operation, params: {} },
    ...{ confirm: false, version: 1, wires: [['answered']] },
  }));
  return [
    { ...nvrNode(nvr), id: `nvr ${name}`, name },
    ...calls,
    {
      ...{ id: `press ${name}`, type: 'inject', ...place, once: false, repeat: '', crontab: '' },
      ...{ props: [{ p: 'topic', vt: 'str' }], topic: name, wires: [calls.map(({ id }) => id)] },
    },
    { id: `event ${name}`, type: 'everfocus-event', ...place, nvr: `nvr ${name}`, version: 1, wires: [['heard']] },
  ];
}

/** Counts in the context what comes, by what it is. */
function counter(id: string, what: string): Flow[number] {
  const func = `const what = ${what};
const counts = global.get('counts') ?? {};
global.set('counts', { ...counts, [what]: (counts[what] ?? 0) + 1 });
if (msg.error) node.warn(msg.error.message);`;
  return { id, type: 'function', ...place, outputs: 0, func, wires: [] };
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${nodeRed.url}/context/global/counts?store=memory`);
  const { msg } = (await response.json()) as { msg?: string };
  return msg?.startsWith('{') ? (JSON.parse(msg) as Record<string, number>) : {};
}

async function press(name: string): Promise<void> {
  const response = await fetch(`${nodeRed.url}/inject/${encodeURIComponent(`press ${name}`)}`, { method: 'POST' });
  expect(response.status).toBe(200);
}

const motion = { channel: 1, type: 'Motion', state: 'once' } as const;

it('NVRs that answer what hurts do Node-RED no harm, nor the flows of one that is well', async () => {
  const all = ['Good', ...names];
  const flow = [good, ...fronts].flatMap((nvr, index) => nodesOf(all[index] ?? '', nvr));
  await nodeRed.deploy(
    [
      ...[{ id: 'flow', type: 'tab' }, ...flow],
      counter('answered', '`${msg.topic} answered`'),
      counter('heard', '`${msg.everfocus.nvr} heard`'),
      { id: 'catch', type: 'catch', ...place, scope: null, uncaught: false, wires: [['caught']] },
      counter('caught', '`${msg.topic} ${/^[A-Z_]+$/.test(msg.error.code) ? "answered" : "without a code"}`'),
    ],
    Object.fromEntries(all.map((name) => [`nvr ${name}`, credentials().nvr])),
  );
  const output = () => nodeRed.output.slice(-4000);
  const listened = () => fronts.every(({ hooks }) => hooks.has('/meta/eventHook'));
  await until(() => `hooks at all; ${output()}`, listened);

  for (const front of fronts) front.alter();
  for (const name of all) await press(name);
  await until(() => `hooks again; ${output()}`, listened, 30_000);
  good.throwEvent(motion);
  const expected = async () => {
    const seen = await counts();
    return all.every((name) => seen[`${name} answered`] === operations.length) && (seen['Good heard'] ?? 0) > 0;
  };
  await until(() => `answers; ${output()}`, expected, 30_000);

  for (const front of fronts) front.alter(false);
  await until(() => `hooks at all; ${output()}`, listened, 30_000);
  const before = await counts();
  simulator.throwEvent(motion);
  const heard = async () => {
    const after = await counts();
    return names.every((name) => (after[`${name} heard`] ?? 0) > (before[`${name} heard`] ?? 0));
  };
  await until(() => `events of all; ${output()}`, heard, 30_000);
  expect(Object.keys(await counts()).filter((what) => what.includes('without a code'))).toEqual([]);
  // Node-RED writes the date and the node before each.
  expect(badLinesOf(nodeRed.output.split('\n'), 2000 + 100)).toEqual([]);
});
