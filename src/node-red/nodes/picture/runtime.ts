import type { Node, NodeAPI, NodeDef } from 'node-red';
import { InvalidParameterError, systemClock, type Timer } from '../../../shared/index.js';
import { actionsByType } from '../../actions/index.js';
import { registerCallNode } from '../../call-node.js';
import { asError } from '../../errors.js';

/** A camera picture node as it is stored; a flow made by hand may lack anything. */
interface StoredPicture extends NodeDef {
  /** Pictures a minute without a message; empty: none. */
  readonly perMinute?: unknown;
}

/** One a second: for more there is `everfocus-live`, which decodes a stream once. */
const MAX_PER_MINUTE = 60;

/** Registers `everfocus-picture`: what a camera shows, now or as it is stored, for each message and by itself. */
export default function register(RED: NodeAPI): void {
  registerCallNode(RED, {
    type: 'everfocus-picture',
    actions: actionsByType['everfocus-picture'],
    migrations: [],
    started: (node, config, isBusy) => takeByItself(node, (config as StoredPicture).perMinute, isBusy),
  });
}

/** Has the node take pictures without a message; one is left out while another is on its way. @returns what ends it */
function takeByItself(node: Node, stored: unknown, isBusy: () => boolean): () => void {
  let timer: Timer | undefined;
  try {
    const perMinute = perMinuteOf(stored);
    const take = () => {
      timer = systemClock.after(60_000 / perMinute, take);
      if (!isBusy()) node.receive({});
    };
    if (perMinute > 0) timer = systemClock.after(0, take);
  } catch (error) {
    node.error(asError(error).message);
  }
  return () => timer?.cancel();
}

/** @throws InvalidParameterError */
export function perMinuteOf(stored: unknown): number {
  const perMinute = Number(stored ?? 0);
  if (perMinute >= 0 && perMinute <= MAX_PER_MINUTE) return perMinute;
  throw new InvalidParameterError('perMinute', `must be a number up to ${MAX_PER_MINUTE}`);
}
