import type { DemoNvr } from './simulator.js';

type FlowNode = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>;

/** Points every NVR of a Node-RED flow file at one address; its credentials live in a file of their own. */
export function pointAtNvr(
  flows: unknown,
  { host, port, username, password }: DemoNvr,
): { flows: FlowNode[]; credentials: Record<string, { username: string; password: string }> } {
  const isNvr = ({ type }: FlowNode) => type === 'everfocus-nvr';
  const nodes = flows as FlowNode[];
  return {
    flows: nodes.map((node) => (isNvr(node) ? { ...node, host, port, https: false } : node)),
    credentials: Object.fromEntries(nodes.filter(isNvr).map(({ id }) => [id, { username, password }])),
  };
}
