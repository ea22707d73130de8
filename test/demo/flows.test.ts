import { expect, it } from '@jest/globals';
import { pointAtNvr } from '../../scripts/demo/flows.js';

it('points the NVRs of a flow at the simulator and leaves the rest as the user made it', () => {
  const flows = [
    { id: 'tab', type: 'tab', label: 'Cameras' },
    { id: 'nvr', type: 'everfocus-nvr', name: 'mine', host: '192.168.1.20', port: '443', https: true },
  ];
  const nvr = { host: '127.0.0.1', port: 8090, username: 'admin', password: 'admin123' };
  expect(pointAtNvr(flows, nvr)).toEqual({
    flows: [flows[0], { id: 'nvr', type: 'everfocus-nvr', name: 'mine', host: '127.0.0.1', port: 8090, https: false }],
    credentials: { nvr: { username: 'admin', password: 'admin123' } },
  });
});
