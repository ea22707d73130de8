import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { asError } from '../errors.js';
import type { ReadSource } from './row.js';

/** Reads Node-RED's own sources for one message; context stores and JSONata answer later. */
export function sourceReader(RED: NodeAPI, node: Node, msg: NodeMessage): ReadSource {
  return (source, value) =>
    new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, source, node, msg, (error: unknown, result: unknown) => {
        // What a flow made may run on being looked at, and a promise may never end.
        try {
          if (error) reject(asError(error));
          else if (isPromise(result)) reject(new Error('it is a promise: wait for it in the flow'));
          else resolve(result);
        } catch (thrown) {
          reject(asError(thrown));
        }
      });
    });
}

function isPromise(value: unknown): boolean {
  const mayBe = (typeof value === 'object' || typeof value === 'function') && value !== null;
  return mayBe && typeof (value as { readonly then?: unknown }).then === 'function';
}
