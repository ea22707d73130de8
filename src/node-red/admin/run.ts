import type { RequestHandler } from 'express';
import type { Node, NodeAPI } from 'node-red';

/** Nodes that their button on the canvas runs: what they do needs no message, and changes nothing. */
const runnable: readonly string[] = ['everfocus-recordings'];

/** Runs a deployed node once, as an empty message would. */
export function serveRun(RED: NodeAPI, allowed: RequestHandler): void {
  RED.httpAdmin.post('/everfocus-nvr/run/:id', allowed, ({ params }, response) => {
    const node = RED.nodes.getNode(String(params['id'])) as Node | null;
    if (!node || !runnable.includes(node.type)) return void response.sendStatus(404);
    node.receive({});
    response.sendStatus(204);
  });
}
