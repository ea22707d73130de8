import { Type, anything, defineOperation, json, open } from './declaration.js';
import { flag, maybe, plain, text } from './fields.js';

export const scanWifiDevices = defineOperation({
  id: 'scanWifiDevices',
  section: '7.2',
  title: 'Scan for wireless networks',
  description: 'Lists the wireless networks that the NVR can receive; one name may occur several times.',
  domain: 'network',
  method: 'GET',
  path: '/network/scanWifiDevices',
  reply: json(
    Type.Object(
      {
        'wifi-list': Type.Array(
          Type.Object(
            {
              ssid: text('SSID', 'Name of the wireless network.', ['N200RE']),
              signal: maybe(Type.Number({ title: 'Signal', description: 'Strength of the signal.', unit: '%' })),
              security: maybe(plain('Security', 'How the network is secured.', ['WPA1', 'WPA2'])),
            },
            open,
          ),
          { title: 'Wireless networks', description: 'What was found.', default: [] },
        ),
      },
      open,
    ),
  ),
  effect: 'read',
  pace: 'scan',
});

export const forgetWifi = defineOperation({
  id: 'forgetWifi',
  section: '7.3',
  title: 'Forget wireless networks',
  description: 'Removes wireless networks, and their passwords, from those that the NVR remembers.',
  domain: 'network',
  method: 'GET',
  path: '/network/forgetWifi',
  body: Type.Array(Type.Object({ wifiSSID: text('SSID', 'Name of the wireless network.', ['Ever-MCC_5G']) }), {
    minItems: 1,
    title: 'Wireless networks',
    description: 'Those to forget.',
  }),
  reply: anything,
  effect: 'write',
  guarded: true,
});

export const gsmBitrate = defineOperation({
  id: 'gsmBitrate',
  section: '7.4',
  title: 'Get the mobile bitrate',
  description: 'Reads the average bitrate of the mobile (3G/4G) interface as text with its unit.',
  domain: 'network',
  method: 'GET',
  path: '/network/gsmBitrate',
  reply: json(
    Type.Object(
      {
        upload: maybe(plain('Upload', 'Average bitrate of what is sent.', ['0.22 Kb/s'])),
        download: maybe(plain('Download', 'Average bitrate of what is received.', ['0.34 Kb/s'])),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const getPOEStates = defineOperation({
  id: 'getPOEStates',
  section: '7.5',
  title: 'Get PoE states',
  description: 'Reads which of the PoE network interfaces are connected.',
  domain: 'network',
  method: 'GET',
  path: '/network/getPOEStates',
  reply: json(
    Type.Array(
      Type.Object(
        {
          interface: text('Interface', 'Name of the network interface.', ['enp5s0']),
          on: maybe(flag('On', 'Whether it is connected.')),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const networkLinkOperations = { scanWifiDevices, forgetWifi, gsmBitrate, getPOEStates } as const;
