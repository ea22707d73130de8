import type { NodeAPI } from 'node-red';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-recordings`: what was recorded, to be found, fetched and played. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, {
    type: 'everfocus-recordings',
    actions: actionsByType['everfocus-recordings'],
    migrations: [],
  });
}
