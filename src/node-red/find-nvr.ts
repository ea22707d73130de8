import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { Nvr } from '../shared/index.js';
import { bareHost, cleanText, limits } from '../shared/internal.js';
import { FlowError } from './errors.js';
import type { NvrConfig, NvrCredentials } from './nodes/nvr/options.js';
import { folded } from './words.js';

/** Stored in place of a configuration node's id where each message names its NVR: the NVR row's "from msg.nvr". */
export const nvrByMessage = 'msg.nvr';

/** The configuration node: the one owner of the client that all nodes of this NVR share. */
export interface NvrNode extends Node<NvrCredentials> {
  /** What messages call this NVR: its name in the flow, else its address. */
  readonly label: string;
  /** As it was deployed, variables resolved. */
  readonly config: NvrConfig;
  /** @throws FlowError, InvalidParameterError when this node's configuration is no use */
  client(): Nvr;
}

/** @throws FlowError `NOT_CONFIGURED` when the id is not that of a deployed `everfocus-nvr` */
export function findNvr(RED: NodeAPI, id: string | undefined): NvrNode {
  const node = id ? deployedNvr(RED, id) : undefined;
  if (!node) throw new FlowError('NOT_CONFIGURED', 'no NVR is chosen');
  return node;
}

/**
 * The NVR that works on a message: the chosen one, or where the node's row says so the one that `msg.nvr` names by its
 * name, its address (`192.168.1.20`, `192.168.1.20:8080`) or the id of its node; without that, the one that the message
 * comes from. Only what is deployed is found: a
 * message brings no account along.
 *
 * @param chosen as the node stores it: the id of an `everfocus-nvr`, or {@link nvrByMessage}
 * @throws FlowError `NOT_CONFIGURED`, `UNKNOWN_NVR`, `AMBIGUOUS_NVR`
 */
export function nvrFor(RED: NodeAPI, chosen: string | undefined, msg: NodeMessage): NvrNode {
  if (chosen !== nvrByMessage) return findNvr(RED, chosen);
  const named = msg['nvr'] ?? (msg['everfocus'] as { readonly nvr?: unknown } | undefined)?.nvr;
  if (typeof named !== 'string' || named.trim() === '') {
    throw new FlowError('UNKNOWN_NVR', 'msg.nvr must be the name, the address or the node id of an NVR');
  }
  const wanted = named.trim();
  const direct = deployedNvr(RED, wanted);
  if (direct) return direct;
  const all = deployedNvrs(RED);
  const compared = folded(wanted);
  const names = [byName, byAddress].map((is) => all.filter((node) => is(node, compared)));
  const [only, other] = names.find(({ length }) => length > 0) ?? [];
  const shown = cleanText(wanted, limits.text.words);
  if (!only) throw new FlowError('UNKNOWN_NVR', `no NVR with the name or address "${shown}" is deployed`);
  if (other) {
    throw new FlowError('AMBIGUOUS_NVR', `several NVRs have the name or address "${shown}": name one by its node id`);
  }
  return only;
}

function byName({ label }: NvrNode, wanted: string): boolean {
  return folded(label.trim()) === wanted;
}

function byAddress({ config: { host = '', port = '', https } }: NvrNode, wanted: string): boolean {
  const address = folded(host.trim());
  const shown = address.includes(':') ? `[${bareHost(address)}]` : address;
  const number = String(port).trim() || (https === true ? '443' : '80');
  return address !== '' && [address, shown, `${shown}:${number}`].includes(wanted);
}

/** Every NVR that is deployed. */
export function deployedNvrs(RED: NodeAPI): readonly NvrNode[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id, type }) => void (type === 'everfocus-nvr' && ids.push(id)));
  return ids.flatMap((id) => deployedNvr(RED, id) ?? []);
}

function deployedNvr(RED: NodeAPI, id: string): NvrNode | undefined {
  const node = RED.nodes.getNode(id) as Node | null;
  return node?.type === 'everfocus-nvr' ? (node as NvrNode) : undefined;
}
