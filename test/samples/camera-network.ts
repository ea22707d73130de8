import type { Sample } from './sample.js';

const link = { AutoNegotiation: 'true', Speed: '100', Duplex: 'Full' };

const information = {
  NetworkInterfaces: {
    $: { token: 'eth0' },
    Enabled: 'true',
    Info: { Name: 'eth0', HwAddress: '00:11:14:aa:bb:01', MTU: '1500' },
    Link: { AdminSettings: link, OperSettings: link, InterfaceType: '6' },
    IPv4: { Enabled: 'true', Config: { Manual: { Address: '192.168.33.249', PrefixLength: '24' }, DHCP: 'false' } },
  },
  NTPInformation: {
    FromDHCP: 'false',
    NTPManual: { Type: 'DNS', IPv4Address: 'time.windows.com', DNSname: 'time.windows.com' },
  },
  HostnameInformation: { FromDHCP: 'false', Name: 'EBN1240-A' },
  NetworkGateway: { IPv4Address: '192.168.33.254' },
  DNSInformation: {
    FromDHCP: 'false',
    DNSManual: [
      { Type: 'IPv4', IPv4Address: '168.95.1.1' },
      { Type: 'IPv4', IPv4Address: '0.0.0.0' },
    ],
  },
  NetworkProtocols: [
    { Name: 'HTTP', Enabled: 'false', Port: '80' },
    { Name: 'HTTPS', Enabled: 'false', Port: '0' },
    { Name: 'RTSP', Enabled: 'true', Port: '554' },
  ],
};

const gateways = [{ IPv4Address: '192.168.33.254' }, { IPv4Address: '192.168.33.253' }];
const manualAddress = { Manual: { Address: '192.168.33.249', PrefixLength: '24' }, DHCP: 'false' };

function interfaces(Config: object) {
  const IPv4 = { Enabled: 'true', Config };
  return { NetworkInterfaces: { $: { token: 'eth0' }, Enabled: 'true', MTU: '1500', IPv4, NetworkGateway: gateways } };
}

function setting(operation: Sample['operation'], body: object): Sample {
  return {
    operation,
    params: { ChannelID: 1, ...body },
    query: 'ChannelID=1',
    body,
    reply: { Result: 'OK', Description: '' },
  };
}

const ntp = (NTPManual: object) => ({ NTPInformation: { FromDHCP: 'false', NTPManual } });

export const cameraNetworkSamples: readonly Sample[] = [
  {
    operation: 'getNetworkInterfaces',
    params: { ChannelID: 1 },
    query: 'ChannelID=1',
    reply: { Result: information },
    decoded: information,
  },
  setting('setNetworkInterfaces', interfaces(manualAddress)),
  setting('setNetworkInterfaces', interfaces({ DHCP: 'true' })),
  setting('setDNS', {
    DNSInformation: {
      FromDHCP: 'false',
      DNSManual: [
        { Type: 'IPv4', IPv4Address: '192.168.33.254' },
        { Type: 'IPv4', IPv4Address: '8.8.8.8' },
      ],
    },
  }),
  setting('setDNS', { DNSInformation: { FromDHCP: 'true' } }),
  setting('setNTP', ntp({ Type: 'DNS', DNSname: 'time.windows.com' })),
  setting('setNTP', ntp({ Type: 'IPv4', DNSname: '192.168.1.1' })),
  setting('setNTP', ntp({ Type: 'IPv6', DNSname: '2001:db8::1' })),
  setting('setNTP', { NTPInformation: { FromDHCP: 'true' } }),
];
