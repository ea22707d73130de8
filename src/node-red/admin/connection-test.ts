import type { RequestHandler } from 'express';
import type { Node, NodeAPI } from 'node-red';
import { Nvr, operations } from '../../shared/index.js';
import type { NvrNode } from '../find-nvr.js';
import { type NvrConfig, type NvrCredentials, optionsOf } from '../nodes/nvr/options.js';
import { answer } from './answer.js';
import { type PasswordFor, passwordToTest } from './test-password.js';

/** What is typed into the form of `everfocus-nvr`, deployed or not. */
export interface TypedNvr extends NvrConfig, NvrCredentials {
  /** Id of the node in the editor. */
  readonly id?: string;
}

/** What answered. */
export interface TestResult {
  readonly model: string;
  readonly software: string;
  readonly cameras: number;
}

/** Serves the test button: logs in with what is typed and says what answered. */
export function serveConnectionTest(RED: NodeAPI, allowed: RequestHandler): void {
  const test = answer(async ({ body }) => testConnection(RED, (body ?? {}) as TypedNvr));
  RED.httpAdmin.post('/everfocus-nvr/test', allowed, test);
}

async function testConnection(RED: NodeAPI, typed: TypedNvr): Promise<TestResult> {
  const node = typed.id ? (RED.nodes.getNode(typed.id) as NvrNode | null) : null;
  const { password, ...address } = resolveVariables(RED, node, typed);
  const options = optionsOf(address, { ...address, password: '' });
  const typedFor = { address: new Nvr(options).address, password };
  await using client = new Nvr({ ...options, password: passwordToTest(typedFor, storedFor(node)) });
  const [info, cameras] = await Promise.all([
    client.call(operations.getSystemInfo),
    client.call(operations.cameraList),
  ]);
  return { model: info.model ?? '', software: info.software_version ?? '', cameras: cameras.length };
}

function storedFor(node: NvrNode | null): PasswordFor | undefined {
  if (node?.type !== 'everfocus-nvr') return undefined;
  return { address: node.client().address, password: node.credentials.password };
}

/** Where a node is not deployed yet, the variables are those of the process. */
const noNode = {} as unknown as Node;

/** `${NAME}` as Node-RED itself resolves it on deploy. */
function resolveVariables(RED: NodeAPI, node: Node | null, typed: TypedNvr): TypedNvr {
  const resolve = (value: unknown): unknown =>
    typeof value === 'string' && /^\$\{[^}]+\}$/.test(value)
      ? RED.util.evaluateNodeProperty(value, 'env', node ?? noNode, {})
      : value;
  return Object.fromEntries(Object.entries(typed).map(([key, value]) => [key, resolve(value)]));
}
