// In this order: what all nodes have in common, in a Node-RED 4.1.
import './support/on-node-red-4.js';
import './message-contract.test.js';
import { expect, it } from '@jest/globals';
import { helper } from './support/palette.js';

it('is Node-RED 4.1 in which they are', () => {
  expect(helper._RED.version()).toMatch(/^4\.1\./);
});
