import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { jpegSize } from '../../src/shared/codec/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { type Flow, helper, inbox, palette } from './support/palette.js';
import { motion } from './support/runtime.js';

const require = createRequire(createRequire(import.meta.url).resolve('node-red'));
/** Node-RED's own nodes that these examples use. */
const core = ['function/10-function', 'function/15-change', 'common/90-comment'].map(
  (file) => require(`@node-red/nodes/core/${file}.js`) as (RED: NodeAPI) => void,
);

/** An example as it is imported, with other settings of some of its nodes. */
function example(name: string, changes: Readonly<Record<string, object>>): Flow {
  const flow = JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')) as Flow;
  return flow.map((node) => ({ ...node, ...changes[String(node['id'])] }));
}

const account = { username: 'admin', password: 'admin123' };
let simulators: Simulator[];
beforeAll(async () => {
  await helper.startServer();
  simulators = await Promise.all(['01', '02'].map((mac) => Simulator.start({ mac: `00:11:14:00:00:${mac}` })));
});
afterEach(() => helper.unload());
afterAll(async () => {
  await helper.stopServer();
  await Promise.all(simulators.map((simulator) => simulator.stop()));
});

describe('the example', () => {
  it('many-sites takes the picture at the NVR that tells of motion', async () => {
    const sites = simulators.map(({ port }, index) => ({
      ...{ id: `site${index}`, type: 'everfocus-nvr', name: `Site ${index}`, host: '127.0.0.1', port, version: 1 },
    }));
    const flow = [...example('many-sites', {}).filter(({ id }) => id !== 'ef-nvr'), ...sites];
    const report = flow.map((node) => (node['id'] === 'ef-sites-report' ? { ...node, type: 'helper' } : node));
    await helper.load([...core, ...palette], report, { site0: account, site1: account });
    const box = inbox('ef-sites-report');
    await until('both to be listened to', () => simulators.every(({ openSockets }) => openSockets > 0));
    for (const [index, simulator] of simulators.entries()) {
      simulator.throwEvent({ ...motion, channel: index + 1 });
      const { payload, everfocus } = await box.next();
      expect(jpegSize(payload as Buffer)?.width).toBe(640);
      expect(everfocus).toMatchObject({ operation: 'currentPicture', nvr: `Site ${index}`, channel: index + 1 });
    }
  });
});
