import type { NodeAPI } from 'node-red';
import { registerCallNode } from '../../call-node.js';
import { ptzActions } from './actions.js';

/** Registers `everfocus-ptz`: presets, moves and tours. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-ptz', actions: ptzActions, migrations: [] });
}
