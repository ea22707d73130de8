import type { Node, NodeAPI } from 'node-red';
import type { Nvr } from '../shared/index.js';
import { FlowError } from './errors.js';
import type { NvrConfig, NvrCredentials } from './nodes/nvr/options.js';

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
  const node = id ? (RED.nodes.getNode(id) as Node | null) : null;
  if (node?.type !== 'everfocus-nvr') throw new FlowError('NOT_CONFIGURED', 'no NVR is chosen');
  return node as NvrNode;
}
