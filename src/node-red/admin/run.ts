import type { RequestHandler } from 'express';
import type { Node, NodeAPI } from 'node-red';
import { permission } from './answer.js';

/** Nodes that their button on the canvas runs: what they do needs no message. */
const runnable: readonly string[] = ['everfocus-recordings', 'everfocus-ptz', 'everfocus-settings', 'everfocus-talk'];
/** Those of them that do more than read: for whoever may deploy as well. */
const changing: readonly string[] = ['everfocus-ptz', 'everfocus-settings', 'everfocus-talk'];

/** Runs a deployed node once, as an empty message would. */
export function serveRun(RED: NodeAPI, allowed: RequestHandler): void {
  const find = (id: unknown) => RED.nodes.getNode(String(id)) as Node | null;
  const mayDeploy = RED.auth.needsPermission(permission.deploy);
  const allowedToo: RequestHandler = (request, response, next) => {
    if (changing.includes(find(request.params['id'])?.type ?? '')) mayDeploy(request, response, next);
    else next();
  };
  RED.httpAdmin.post('/everfocus-nvr/run/:id', allowed, allowedToo, ({ params }, response) => {
    const node = find(params['id']);
    if (!node || !runnable.includes(node.type)) return void response.sendStatus(404);
    node.receive({});
    response.sendStatus(204);
  });
}
