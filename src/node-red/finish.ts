import type { Node, NodeMessage } from 'node-red';
import { asError, codedError, FlowError } from './errors.js';

/**
 * Tells Node-RED that a node is done with a message. For Catch and Complete nodes it copies the message, which what a flow
 * has put into it may prevent: far from any `try` of Node-RED that would end the process. Catch nodes then hear of the error
 * and of the message's id alone.
 *
 * @param failed why the node could not do its work
 */
export function finish(node: Node, msg: NodeMessage, done: (error?: Error) => void, failed?: unknown): void {
  const error = failed === undefined ? undefined : codedError(failed);
  try {
    done(error);
  } catch (failure) {
    node.error(error ?? uncopied(failure), { _msgid: msg._msgid });
  }
}

/** Hands a message on. @throws FlowError `INVALID_OUTPUT` where there are several wires, and it cannot be copied */
export function handOn(send: (msg: NodeMessage) => void, msg: NodeMessage): void {
  try {
    send(msg);
  } catch (failure) {
    throw uncopied(failure);
  }
}

function uncopied(failure: unknown): FlowError {
  return new FlowError('INVALID_OUTPUT', `the message cannot be copied: ${asError(failure).message}`);
}
