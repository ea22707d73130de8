import type { releases } from './node-red-process.js';

/** The package of the Node-RED in which the tests of a file have their nodes; see `on-node-red-4.ts`. */
export const runtime: { release: (typeof releases)[number] } = { release: 'node-red' };
