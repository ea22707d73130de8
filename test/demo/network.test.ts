import { describe, expect, it } from '@jest/globals';
import { homebridgeConfiguration } from '../../scripts/demo/homebridge.js';
import { nodeRedSettings } from '../../scripts/demo/node-red.js';

describe('the demo and the network', () => {
  const ports = { simulator: 1, control: 2, homekit: 3, nodeRed: 4, mqtt: 0 };
  const identity = { username: '02:00:00:00:00:01', pin: '234-56-789' };
  const nvr = { host: '127.0.0.1', port: 1, username: 'admin', password: 'admin123' };

  it.each([
    [false, ['127.0.0.1'], '127.0.0.1'],
    [true, undefined, '0.0.0.0'],
  ])('with lan %j: mDNS on %j, the editor on %s', (lan, announced, editor) => {
    expect(homebridgeConfiguration({ lan, ports }, identity, nvr).bridge.bind).toEqual(announced);
    expect(nodeRedSettings({ lan, ports }).uiHost).toBe(editor);
  });

  it('gives the bridge a name without the ending that HomeKit adds', () => {
    expect(homebridgeConfiguration({ lan: false, ports }, identity, nvr).bridge.name).toBe('EverFocus Demo');
  });
});
