export { default } from '../dist/node-red/snapshot-node.js';
