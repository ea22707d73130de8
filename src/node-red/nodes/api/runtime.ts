import type { NodeAPI } from 'node-red';
import { allActions } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-api`, which `everfocus-call` was called in part, for the flows that have it. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-api', actions: allActions, migrations: [] });
}
