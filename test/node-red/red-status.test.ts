import { describe, it } from '@jest/globals';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { until } from '../support/until.js';
import { credentials, helper, nvrNode, palette } from './support/palette.js';
import { tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();

/** As much of a group of FlowFuse Dashboard 2 as the tile needs. */
function dashboard(RED: NodeAPI): void {
  RED.nodes.registerType('ui-group', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    Object.assign(this, { register: () => undefined, getBase: () => ({ uiShared: { contribs: {} } }) });
  });
}

type Status = { readonly fill?: string; readonly text?: string };
const place = { id: 'node', z: 'flow', x: 0, y: 0, wires: [[]], version: 1 };

/** The last that a node's status was when a flow has been deployed, as the editor shows it. */
function watching(): { readonly last: Status; [Symbol.dispose](): void } {
  let last: Status = {};
  const hear = ({ id, status }: { id: string; status: Status }) => {
    if (id === 'node') last = status;
  };
  helper._events.on('node-status', hear);
  return {
    get last() {
      return last;
    },
    [Symbol.dispose]: () => void helper._events.off('node-status', hear),
  };
}

describe('the red status of a node', () => {
  const call = { operation: 'getSystemInfo', params: {}, output: 'payload', confirm: false };
  it.each<[string, object]>([
    ['everfocus-api', call],
    ['everfocus-call', call],
    ['everfocus-camera-event', {}],
    ['everfocus-event', {}],
    ['everfocus-io', { ...call, operation: 'getGPIOInfo' }],
    ['everfocus-live', { camera: '1', stream: 'sub' }],
    ['everfocus-nvr-event', {}],
    ['everfocus-output', { ...call, operation: 'setOutput' }],
    ['everfocus-picture', { ...call, operation: 'takeSnapshot' }],
    ['everfocus-ptz', { ...call, operation: 'ptzMove' }],
    ['everfocus-recordings', { ...call, operation: 'eventSearch' }],
    ['everfocus-settings', { ...call, operation: 'getPort' }],
    ['everfocus-snapshot', {}],
    ['everfocus-talk', { ...call, operation: 'talk' }],
    ['ui-everfocus-tile', { camera: '1', group: 'group', stream: 'sub', ptz: '', snapshot: '' }],
  ])('of %s is gone once the NVR is chosen', async (type, settings) => {
    using shown = watching();
    const flow = (nvr: string) => [
      ...[tab, nvrNode(simulator()), { id: 'group', type: 'ui-group', name: 'Cameras' }],
      { ...place, type, ...settings, nvr },
    ];
    await helper.load([dashboard, ...palette], flow('gone'), credentials());
    await until('red', () => shown.last.fill === 'red');
    await helper.setFlows(flow('nvr'), 'nodes');
    await until('another status than red', () => shown.last.fill !== 'red');
  });

  it.each(['everfocus-camera-event', 'everfocus-nvr-event'])('of %s is gone with the last NVR of all', async (type) => {
    using shown = watching();
    const broken = { ...nvrNode(simulator()), host: '' };
    const flow = [tab, { ...place, type, nvr: '*' }];
    await helper.load(palette, [...flow, broken], credentials());
    await until('red', () => shown.last.fill === 'red');
    await helper.setFlows(flow, 'nodes');
    await until('no status', () => shown.last.fill === undefined);
  });
});
