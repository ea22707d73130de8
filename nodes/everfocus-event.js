export { default } from '../dist/node-red/event-node.js';
