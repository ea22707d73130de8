import type { NodeAPI } from 'node-red';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-snapshot`: snapshots: takes them, and finds, reads and deletes those on the NVR's disk; also when it takes some by itself. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-snapshot', actions: actionsByType['everfocus-snapshot'], migrations: [] });
}
