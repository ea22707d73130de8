import type { NodeAPI } from 'node-red';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-settings`: settings of the NVR are read, changed in part, and restored. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-settings', actions: actionsByType['everfocus-settings'], migrations: [] });
}
