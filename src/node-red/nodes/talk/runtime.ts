import type { NodeAPI } from 'node-red';
import { registerCallNode } from '../../call-node.js';
import { talkActions } from './actions.js';

/** Registers `everfocus-talk`: sound for the loudspeaker of a camera. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-talk', actions: talkActions, migrations: [] });
}
