import { asReported } from './as-reported.js';
import { Type, defineOperation, json, open, status } from './declaration.js';
import { flag, maybe, password, plain, text } from './fields.js';

function TcpPort(title: string, description: string, example: number) {
  return Type.Integer({ minimum: 0, maximum: 65535, title, description, examples: [example] });
}

const netmask = ['255.255.255.0'];

const Pppoe = Type.Object(
  {
    active: maybe(flag('Active', 'Whether the NVR dials in by PPPoE.')),
    username: maybe(text('User name', 'User name at the provider.')),
    password: maybe(password('Password', 'Password at the provider, in plain text.')),
    interface: maybe(text('Interface', 'Interface to dial over.', ['enp2s0'])),
  },
  { ...open, title: 'PPPoE', description: 'Dialling in by PPPoE.' },
);

const Interface = Type.Object(
  {
    device: maybe(text('Device', 'Name of an ethernet interface; those of other types have `interface`.', ['enp2s0'])),
    interface: maybe(text('Interface', 'Name of a wifi or gsm interface.', ['wlx000e8e9728a2', 'cdc-wdm0'])),
    type: maybe(plain('Type', 'Wired, wireless or mobile (3G/4G).', ['ethernet', 'wifi', 'gsm'])),
    dhcp: maybe(flag('DHCP', 'Whether address, netmask and gateway come by DHCP.')),
    address: maybe(text('Address', 'IPv4 address.', ['192.168.33.165'])),
    netmask: maybe(plain('Netmask', 'IPv4 netmask.', netmask)),
    gateway: maybe(text('Gateway', 'IPv4 address of the gateway.', ['192.168.33.254'])),
    mac: maybe(text('MAC address', 'MAC address.', ['40:8d:5c:2b:16:23'])),
    Enable: maybe(flag('Enabled', 'Whether the interface is enabled (wifi, gsm).')),
    wifiSSID: maybe(text('SSID', 'Wireless network to connect to (wifi).')),
    wifiPwd: maybe(password('Wifi password', 'Password of that network, in plain text (wifi).')),
    APN: maybe(text('APN', 'Access point name of the provider (gsm).', ['internet'])),
    Number: maybe(text('Number', 'Number of the provider (gsm).')),
    User: maybe(text('User name', 'User name at the provider (gsm).')),
    Pwd: maybe(password('Password', 'Password at the provider, in plain text (gsm).')),
    dns1: maybe(text('DNS 1', 'First name server (wifi, gsm).', ['168.95.1.1'])),
    dns2: maybe(text('DNS 2', 'Second name server (wifi, gsm).', ['168.95.192.1'])),
  },
  open,
);

const General = Type.Object(
  {
    dnsserver1: maybe(text('DNS 1', 'First name server.')),
    dnsserver2: maybe(text('DNS 2', 'Second name server.')),
    default_interface: maybe(text('Default interface', 'Interface of the default route.', ['enp2s0'])),
  },
  { ...open, title: 'General', description: 'What holds for all interfaces.' },
);

const Network = Type.Object(
  {
    pppoe: Pppoe,
    interfaces: Type.Array(Interface, { title: 'Interfaces', description: 'Every network interface of the NVR.' }),
    general: General,
  },
  open,
);

export const getNetwork = defineOperation({
  id: 'getNetwork',
  section: '7.1',
  title: 'Get network settings',
  description: 'Reads the network interfaces of the NVR, passwords in plain text included.',
  domain: 'network',
  method: 'GET',
  path: '/network/getNetwork',
  reply: json(asReported(Network)),
  effect: 'read',
});

export const setNetwork = defineOperation({
  id: 'setNetwork',
  section: '7.6',
  title: 'Set network settings',
  description: 'Sets all the network interfaces of the NVR at once. A mistake cuts the NVR off.',
  domain: 'network',
  method: 'POST',
  path: '/network/setNetwork',
  body: Network,
  reply: status,
  readBack: () => ({ by: getNetwork }),
  settings: () => ({ by: getNetwork, words: 'IP address, DHCP, gateway, DNS, PPPoE, wifi' }),
  effect: 'destructive',
});

const Ddns = {
  active: flag('Active', 'Whether the NVR tells the DDNS server its address.'),
  domain: text('Domain', 'Name of the NVR at the DDNS server.', ['xnvr']),
  port: TcpPort('Port', 'TCP port; the document does not say of which end.', 1680),
};

export const getDDNS = defineOperation({
  id: 'getDDNS',
  section: '7.7',
  title: 'Get DDNS settings',
  description: 'Reads how the NVR tells a DDNS server its address, and whether it succeeded.',
  domain: 'network',
  method: 'GET',
  path: '/network/getDDNS',
  reply: json(
    Type.Object(
      {
        active: maybe(Ddns.active),
        mac: maybe(text('MAC address', 'MAC address of the NVR.', ['40:8d:5c:2b:16:23'])),
        server: maybe(text('Server', 'DDNS server.', ['EverfocusDDNS'])),
        domain: maybe(Ddns.domain),
        port: maybe(Ddns.port),
        status: maybe(plain('Status', 'Outcome of the last update.', ['DDNS_UPDATE_OK'])),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const setDDNS = defineOperation({
  id: 'setDDNS',
  section: '7.8',
  title: 'Set DDNS settings',
  description: 'Sets how the NVR tells the DDNS server its address.',
  domain: 'network',
  method: 'POST',
  path: '/network/setDDNS',
  body: Type.Object(Ddns, open),
  reply: status,
  readBack: () => ({ by: getDDNS }),
  settings: () => ({ by: getDDNS, words: 'dynamic DNS, domain' }),
  effect: 'write',
});

const Ports = Type.Object(
  {
    http_port: TcpPort('HTTP', 'TCP port of the NVR for HTTP.', 80),
    rtsp_port: TcpPort('RTSP', 'TCP port of the NVR for RTSP.', 554),
    https_port: TcpPort('HTTPS', 'TCP port of the NVR for HTTPS.', 443),
  },
  open,
);

export const getPort = defineOperation({
  id: 'getPort',
  section: '7.9',
  title: 'Get ports',
  description: 'Reads the TCP ports that the NVR serves.',
  domain: 'network',
  method: 'GET',
  path: '/network/getPort',
  reply: json(asReported(Ports)),
  effect: 'read',
});

export const setPort = defineOperation({
  id: 'setPort',
  section: '7.10',
  title: 'Set ports',
  description: 'Sets the TCP ports that the NVR serves. Whoever uses the old ones is cut off.',
  domain: 'network',
  method: 'POST',
  path: '/network/setPort',
  body: Ports,
  reply: status,
  settings: () => ({ by: getPort, words: 'network, HTTP, RTSP, HTTPS' }),
  effect: 'destructive',
});

export const networkOperations = {
  getNetwork,
  setNetwork,
  getDDNS,
  setDDNS,
  getPort,
  setPort,
} as const;
