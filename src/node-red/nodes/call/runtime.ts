import type { NodeAPI } from 'node-red';
import { allActions } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-call`: any operation, or a raw request. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-call', actions: allActions, migrations: [] });
}
