import type { EventEmitter } from 'node:events';
import { until as untilTrue, within } from '../../support/until.js';
import { runtime } from './release.js';
import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import registerApi from '../../../src/node-red/nodes/api/runtime.js';
import registerCameraEvent from '../../../src/node-red/nodes/camera-event/runtime.js';
import registerDiscover from '../../../src/node-red/nodes/discover/runtime.js';
import registerCall from '../../../src/node-red/nodes/call/runtime.js';
import registerEvent from '../../../src/node-red/nodes/event/runtime.js';
import registerIo from '../../../src/node-red/nodes/io/runtime.js';
import registerLive from '../../../src/node-red/nodes/live/runtime.js';
import registerRecordings from '../../../src/node-red/nodes/recordings/runtime.js';
import registerNvrEvent from '../../../src/node-red/nodes/nvr-event/runtime.js';
import registerNvr from '../../../src/node-red/nodes/nvr/runtime.js';
import registerPicture from '../../../src/node-red/nodes/picture/runtime.js';
import registerOutput from '../../../src/node-red/nodes/output/runtime.js';
import registerPtz from '../../../src/node-red/nodes/ptz/runtime.js';
import registerSettings from '../../../src/node-red/nodes/settings/runtime.js';
import registerSnapshot from '../../../src/node-red/nodes/snapshot/runtime.js';
import registerTile from '../../../src/node-red/nodes/tile/runtime.js';
import type { Simulator } from '../../../packages/simulator/src/index.js';

/** Stored nodes. */
export type Flow = Record<string, unknown>[];

/** The part of node-red-node-test-helper (which has no types) that the tests use. */
interface TestHelper {
  init(runtime: string): void;
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  load(nodes: ((RED: NodeAPI) => void)[], flow: Flow, credentials: object): Promise<void>;
  unload(): Promise<void>;
  setFlows(flow: Flow, type: 'full' | 'nodes', credentials?: object): Promise<void>;
  readonly _redNodes: { setFlows(flow: Flow, credentials: object, type: 'full' | 'nodes'): Promise<unknown> };
  readonly _events: EventEmitter;
  readonly _RED: { version(): string };
  getNode(id: string): TestNode;
  log(): { args: unknown[][] };
  request(): { get(path: string): TestRequest; post(path: string): TestRequest };
}
interface TestRequest extends PromiseLike<{ status: number; body: unknown }> {
  send(body: object | string): TestRequest;
  set(field: string, value: string): TestRequest;
}
export interface TestNode {
  receive(msg: object): void;
  on(event: 'input', listener: (msg: Message) => void): void;
  on(event: 'call:status' | 'call:error', listener: (call: { args: unknown[] }) => void): void;
}
export interface Message {
  payload: unknown;
  everfocus?: { operation: string; nvr: string; channel?: number; ms?: number; first?: boolean };
  error?: { code?: string; message: string; source: { id: string } };
  [property: string]: unknown;
}

import registerTalk from '../../../src/node-red/nodes/talk/runtime.js';
const require = createRequire(import.meta.url);
export const helper = require('node-red-node-test-helper') as TestHelper;
helper.init(require.resolve(runtime.release));
// Its own gives a busy machine 300 ms to start a flow.
helper.setFlows = async (flow, type, credentials = {}) => {
  const started = new Promise<unknown>((resolve) => helper._events.once('flows:started', resolve));
  await helper._redNodes.setFlows(flow, credentials, type);
  await within(15_000, 'the start of the flows', started);
};

export const palette = [
  registerNvr,
  registerApi,
  registerCall,
  registerCameraEvent,
  registerDiscover,
  registerEvent,
  registerIo,
  registerLive,
  registerNvrEvent,
  registerOutput,
  registerPicture,
  registerPtz,
  registerRecordings,
  registerSettings,
  registerSnapshot,
  registerTalk,
  registerTile,
];
/** The simulator's account. Made anew each time: Node-RED deletes from it what a deploy removes. */
export const credentials = () => ({ nvr: { username: 'admin', password: 'admin123' } });

/** The configuration node for a simulator. */
export function nvrNode(simulator: Pick<Simulator, 'port'>): Flow[number] {
  return {
    id: 'nvr',
    type: 'everfocus-nvr',
    name: 'Office',
    host: '127.0.0.1',
    port: String(simulator.port),
    https: false,
    version: 1,
  };
}

/** The messages that arrive at a node, as they come. */
export function inbox(id: string): { next(): Promise<Message>; readonly messages: readonly Message[] } {
  const messages: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  let taken = 0;
  helper.getNode(id).on('input', (message) => {
    messages.push(message);
    const waiter = waiting.shift();
    if (waiter) {
      taken += 1;
      waiter(message);
    }
  });
  return {
    messages,
    next: () =>
      new Promise((resolve) => {
        const message = messages[taken];
        if (message === undefined) waiting.push(resolve);
        else {
          taken += 1;
          resolve(message);
        }
      }),
  };
}

/** Resolves when a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await untilTrue(String(condition), condition);
}
