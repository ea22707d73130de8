import { RED } from './red.js';

/** An NVR that is not in the flow yet, as its form would hold it. */
export interface ListedNvr {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly https: boolean;
  readonly fingerprint: string;
  readonly username: string;
  readonly password: string;
}

/** What makes two NVRs one. */
export function addressOf({ host, port, https }: Pick<ListedNvr, 'host' | 'port' | 'https'>): string {
  return `${host.trim().toLowerCase()}:${port.trim() || (https ? '443' : '80')}`;
}

/**
 * Adds those that are not there yet, and offers them in the row of the NVR. Accounts go where Node-RED keeps them apart.
 *
 * @returns their ids
 */
export function addNvrs(listed: readonly ListedNvr[]): readonly string[] {
  const known = new Set<string>();
  RED.nodes.eachConfig((node) => {
    if (node.type !== 'everfocus-nvr') return;
    const { host = '', port = '', https = false } = node as unknown as Partial<ListedNvr>;
    known.add(addressOf({ host, port, https }));
  });
  const fresh = listed.filter((nvr) => !known.has(addressOf(nvr)));
  const nodes = fresh.map(({ username, password, ...config }) => ({
    ...{ id: RED.nodes.id(), type: 'everfocus-nvr', ...config, version: 1 },
    credentials: { username, password },
  }));
  const ids = nodes.map(({ id }) => id);
  const dirty = RED.nodes.dirty();
  RED.nodes.import(nodes, { markChanged: true });
  RED.history.push({ t: 'add', nodes: ids, dirty });
  const select = $('#node-input-nvr');
  for (const { id, name, host } of nodes) {
    const node = RED.nodes.node(id);
    if (node) RED.editor.validateNode(node);
    $('<option>')
      .val(id)
      .text(name || host)
      .insertBefore(select.find('option').last());
  }
  RED.nodes.dirty(true);
  return ids;
}
