import { runtime } from './release.js';

/** Imported before the tests of a file: their nodes are in a Node-RED 4.1. */
runtime.release = 'node-red-4';
