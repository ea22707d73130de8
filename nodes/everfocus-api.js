export { default } from '../dist/node-red/api-node.js';
