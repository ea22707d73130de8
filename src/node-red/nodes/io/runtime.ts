import type { NodeAPI } from 'node-red';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';

/** Registers `everfocus-io`: the alarm-in and alarm-out pins, and the buzzer. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-io', actions: actionsByType['everfocus-io'], migrations: [] });
}
