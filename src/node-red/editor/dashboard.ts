import { RED } from './red.js';

/** What widgets are put into. */
const group = 'ui-group';

/** Does something where FlowFuse Dashboard 2 is installed, now or later: without it, its widgets are not offered. */
export function whereDashboard(does: () => void): void {
  if (RED.nodes.getType(group)) return does();
  const added = (type: unknown) => {
    if (type !== group) return;
    RED.events.off('registry:node-type-added', added);
    does();
  };
  RED.events.on('registry:node-type-added', added);
}
