export { default } from '../dist/node-red/nvr-node.js';
