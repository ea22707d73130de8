import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { asError } from '../errors.js';
import type { ReadSource } from './row.js';

/** Reads Node-RED's own sources for one message; context stores and JSONata answer later. */
export function sourceReader(RED: NodeAPI, node: Node, msg: NodeMessage): ReadSource {
  return (source, value) =>
    new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, source, node, msg, (error: unknown, result: unknown) => {
        if (error) reject(asError(error));
        else resolve(result);
      });
    });
}
