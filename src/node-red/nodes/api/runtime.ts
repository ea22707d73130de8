import type { NodeAPI } from 'node-red';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-api`: any operation, or a raw request. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-api', actions: actionsByType['everfocus-api'], migrations: [] });
}
