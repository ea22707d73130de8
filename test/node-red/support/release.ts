import type { releases } from './node-red-process.js';

/**
 * The package of the Node-RED in which the tests of a file have their nodes: Node-RED 5, or 4.1 where the environment says
 * `NODE_RED=4`; see also `on-node-red-4.ts`.
 */
export const runtime: { release: (typeof releases)[number] } = {
  release: process.env['NODE_RED'] === '4' ? 'node-red-4' : 'node-red',
};
