import type { NodeAPI, NodeStatus } from 'node-red';
import type { Nvr } from '../../../shared/index.js';
import type { CallSettings } from '../../call.js';
import { registerCallNode } from '../../call-node.js';
import { outputActions } from './actions.js';

/** Registers `everfocus-output`: alarm outputs and inputs. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, { type: 'everfocus-output', actions: outputActions, migrations: [], watch: watchPin });
}

/** Shows what the pin of a node is now. Where each message names another there is none to show, and nothing is asked. */
function watchPin({ params }: CallSettings, client: Nvr, show: (status: NodeStatus) => void) {
  const row = params['pin'];
  const pin = row && ['literal', 'num', 'str'].includes(row.type) ? Number(row.value) : NaN;
  if (!Number.isInteger(pin)) return undefined;
  return client.state.watch({ pins: true }, (change) => {
    if ((change.kind === 'output' || change.kind === 'input') && change.pin === pin) show(pinStatus(change.on));
  });
}

/** What stands below a node whose pin is on, off or not known. */
function pinStatus(on: boolean | undefined): NodeStatus {
  if (on === undefined) return {};
  return on ? { fill: 'yellow', shape: 'dot', text: 'on' } : { fill: 'grey', shape: 'ring', text: 'off' };
}
