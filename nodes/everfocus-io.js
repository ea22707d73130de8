export { default } from '../dist/node-red/io-node.js';
