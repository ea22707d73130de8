import type { Static } from 'typebox';
import { Type, defineOperation, open, type ReplyOf, result, status, type ParameterProblem } from './declaration.js';
import { ChannelID, maybe, plain, text } from './fields.js';

const query = Type.Object({ ChannelID });

/** Yes or no as ONVIF text: these settings go between NVR and camera as they are. */
function yesOrNo(title: string, description: string) {
  return Type.Enum(['true', 'false'], { title, description });
}

const FromDHCP = yesOrNo('From DHCP', 'Whether the camera gets it by DHCP.');
const IPv4Address = text('IPv4 address', 'IPv4 address.', ['192.168.33.254']);
const token = text('Token', 'ONVIF token of the interface.', ['eth0']);
const PrefixLength = plain('Prefix length', 'Length of the IPv4 network prefix, in bits.', ['24']);
const MTU = plain('MTU', 'Largest packet, in bytes.', ['1500']);

/** An IPv4 address that is to be set: a camera with a wrong one is lost. */
const newAddress = Type.String({ ...IPv4Address, format: 'ipv4' });

function linkSettings(title: string, description: string) {
  return Type.Object(
    {
      AutoNegotiation: maybe(plain('Auto-negotiation', 'Whether speed and duplex are negotiated.', ['true'])),
      Speed: maybe(plain('Speed', 'Speed of the link.', ['100'])),
      Duplex: maybe(plain('Duplex', 'Duplex of the link.', ['Full'])),
    },
    { ...open, title, description },
  );
}

/** What is said of addresses, in replies and requests. */
const configOptions = { ...open, title: 'Addresses', description: 'How the camera gets its address.' };

const gateway = Type.Object({ IPv4Address: maybe(IPv4Address) }, open);

const interfaces = Type.Object(
  {
    $: maybe(Type.Object({ token: maybe(token) }, { ...open, title: 'Interface', description: 'Which interface.' })),
    Enabled: maybe(yesOrNo('Enabled', 'Whether the interface is enabled.')),
    Info: maybe(
      Type.Object(
        {
          Name: maybe(text('Name', 'Name of the interface.', ['eth0'])),
          HwAddress: maybe(text('MAC address', 'MAC address of the interface.', ['00:11:14:aa:bb:01'])),
          MTU: maybe(MTU),
        },
        { ...open, title: 'Info', description: 'What the interface is.' },
      ),
    ),
    Link: maybe(
      Type.Object(
        {
          AdminSettings: maybe(linkSettings('As set', 'How the link is set.')),
          OperSettings: maybe(linkSettings('As it is', 'How the link works now.')),
          InterfaceType: maybe(plain('Type', 'Type of the interface.', ['6'])),
        },
        { ...open, title: 'Link', description: 'How the interface is linked: as set, and as it is.' },
      ),
    ),
    IPv4: maybe(
      Type.Object(
        {
          Enabled: maybe(yesOrNo('Enabled', 'Whether IPv4 is enabled.')),
          Config: maybe(
            Type.Object(
              {
                Manual: maybe(
                  Type.Object(
                    { Address: maybe(IPv4Address), PrefixLength: maybe(PrefixLength) },
                    { ...open, title: 'Manual', description: 'The address that was set.' },
                  ),
                ),
                DHCP: maybe(yesOrNo('DHCP', 'Whether the camera gets its address by DHCP.')),
              },
              configOptions,
            ),
          ),
        },
        { ...open, title: 'IPv4', description: 'IPv4 settings.' },
      ),
    ),
  },
  { ...open, title: 'Interface', description: 'Settings of the network interface.' },
);

const serverType = plain('Type', 'What the server is named by: IPv4, IPv6 or DNS.', ['IPv4', 'IPv6', 'DNS']);
const DNSname = text('Server', 'Name or address of the server, whatever the type says.', ['time.windows.com']);

const dnsServers = Type.Array(Type.Object({ Type: maybe(serverType), IPv4Address: maybe(IPv4Address) }, open), {
  title: 'DNS servers',
  description: 'Addresses of the DNS servers.',
});

export const getNetworkInterfaces = defineOperation({
  id: 'getNetworkInterfaces',
  section: '2.17',
  title: 'Get network settings of a camera',
  description: 'Reads how a camera is connected: interface, addresses, gateway, DNS, NTP, ports.',
  domain: 'camera',
  method: 'POST',
  path: '/device/getNetworkInterfaces',
  query,
  reply: result(
    Type.Object(
      {
        NetworkInterfaces: maybe(interfaces),
        NTPInformation: maybe(
          Type.Object(
            {
              FromDHCP: maybe(FromDHCP),
              NTPManual: maybe(
                Type.Object(
                  {
                    Type: maybe(serverType),
                    IPv4Address: maybe(text('IPv4 address', 'Address or name of the server.', ['time.windows.com'])),
                    DNSname: maybe(DNSname),
                  },
                  { ...open, title: 'Server', description: 'The server that was set.' },
                ),
              ),
            },
            { ...open, title: 'NTP', description: 'Where the camera gets the time from.' },
          ),
        ),
        HostnameInformation: maybe(
          Type.Object(
            { FromDHCP: maybe(FromDHCP), Name: maybe(text('Name', 'Name of the camera.', ['EBN1240-A'])) },
            { ...open, title: 'Host name', description: 'Name of the camera in the network.' },
          ),
        ),
        NetworkGateway: maybe(
          Type.Union([gateway, Type.Array(gateway)], {
            title: 'Gateway',
            description: 'The gateway, or a list of them.',
          }),
        ),
        DNSInformation: maybe(
          Type.Object(
            { FromDHCP: maybe(FromDHCP), DNSManual: maybe(dnsServers) },
            { ...open, title: 'DNS', description: 'How the camera resolves names.' },
          ),
        ),
        NetworkProtocols: maybe(
          Type.Array(
            Type.Object(
              {
                Name: plain('Name', 'Name of the protocol.', ['HTTP', 'HTTPS', 'RTSP']),
                Enabled: maybe(yesOrNo('Enabled', 'Whether the camera speaks it.')),
                Port: maybe(plain('Port', 'TCP port.', ['80'])),
              },
              open,
            ),
            { title: 'Protocols', description: 'What the camera speaks.' },
          ),
        ),
      },
      open,
    ),
  ),
  effect: 'read',
});

const newInterfaces = Type.Object(
  {
    $: Type.Object({ token }, { ...open, title: 'Interface', description: 'Which interface.' }),
    Enabled: yesOrNo('Enabled', 'Whether the interface is enabled.'),
    MTU: Type.Optional(MTU),
    IPv4: Type.Object(
      {
        Enabled: yesOrNo('Enabled', 'Whether IPv4 is enabled.'),
        Config: Type.Object(
          {
            Manual: Type.Optional(
              Type.Object(
                {
                  Address: newAddress,
                  PrefixLength: Type.String({ ...PrefixLength, pattern: '^([0-9]|[12][0-9]|3[0-2])$' }),
                },
                { ...open, title: 'Manual', description: 'The address; needed where DHCP is "false".' },
              ),
            ),
            DHCP: yesOrNo('DHCP', 'Whether the camera gets its address by DHCP.'),
          },
          configOptions,
        ),
      },
      { ...open, title: 'IPv4', description: 'IPv4 settings.' },
    ),
    NetworkGateway: Type.Optional(
      Type.Array(Type.Object({ IPv4Address: newAddress }, open), { title: 'Gateways', description: 'The gateways.' }),
    ),
  },
  { ...open, title: 'Interface', description: 'Settings of the network interface.' },
);

type NetworkOfCamera = ReplyOf<typeof getNetworkInterfaces>;

/** What 2.17 tells, where 2.18 takes it: size of packets and gateways stand elsewhere. */
function asNewInterfaces({ NetworkInterfaces = {}, NetworkGateway }: NetworkOfCamera) {
  const { $, Enabled, IPv4, Info: { MTU } = {} } = NetworkInterfaces;
  return {
    NetworkInterfaces: {
      ...{ $, Enabled, IPv4 },
      ...(MTU !== undefined && { MTU }),
      ...(NetworkGateway && { NetworkGateway: [NetworkGateway].flat() }),
    },
  };
}

export const setNetworkInterfaces = defineOperation({
  id: 'setNetworkInterfaces',
  section: '2.18',
  title: 'Set network interface of a camera',
  description: 'Sets address and gateways of a camera. With a wrong address the NVR loses the camera.',
  domain: 'camera',
  method: 'POST',
  path: '/device/setNetworkInterfaces',
  query,
  body: Type.Object({ NetworkInterfaces: newInterfaces }),
  check: ({ NetworkInterfaces: { IPv4 } }: { NetworkInterfaces: Static<typeof newInterfaces> }) =>
    IPv4.Config.DHCP === 'false' && !IPv4.Config.Manual
      ? neededWithoutDHCP('NetworkInterfaces/IPv4/Config/Manual')
      : undefined,
  reply: status,
  readBack: () => ({ by: getNetworkInterfaces }),
  settings: () => ({ by: getNetworkInterfaces, as: asNewInterfaces, words: 'IP address, gateway, DHCP' }),
  effect: 'write',
  guarded: true,
});

const newDNS = Type.Object(
  { FromDHCP, DNSManual: Type.Optional(dnsServers) },
  { ...open, title: 'DNS', description: 'How the camera resolves names; servers are needed where DHCP names none.' },
);

export const setDNS = defineOperation({
  id: 'setDNS',
  section: '2.19',
  title: 'Set DNS of a camera',
  description: 'Sets the DNS servers of a camera.',
  domain: 'camera',
  method: 'POST',
  path: '/device/setDNS',
  query,
  body: Type.Object({ DNSInformation: newDNS }),
  check: ({ DNSInformation }: { DNSInformation: Static<typeof newDNS> }) =>
    DNSInformation.FromDHCP === 'false' && !DNSInformation.DNSManual
      ? neededWithoutDHCP('DNSInformation/DNSManual')
      : undefined,
  reply: status,
  readBack: () => ({ by: getNetworkInterfaces }),
  settings: () => ({
    by: getNetworkInterfaces,
    as: ({ DNSInformation }: NetworkOfCamera) => ({ DNSInformation: DNSInformation ?? {} }),
    words: 'name server',
  }),
  effect: 'write',
  guarded: true,
});

const newNTP = Type.Object(
  {
    FromDHCP,
    NTPManual: Type.Optional(
      Type.Object(
        {
          Type: Type.Enum(['DNS', 'IPv4', 'IPv6'], { title: 'Type', description: 'What the server is named by.' }),
          DNSname,
        },
        { ...open, title: 'Server', description: 'The server; needed where DHCP is not to name it.' },
      ),
    ),
  },
  { ...open, title: 'NTP', description: 'Where the camera gets the time from.' },
);

export const setNTP = defineOperation({
  id: 'setNTP',
  section: '2.20',
  title: 'Set NTP server of a camera',
  description: 'Sets where a camera gets the time from.',
  domain: 'camera',
  method: 'POST',
  path: '/device/setNTP',
  query,
  body: Type.Object({ NTPInformation: newNTP }),
  check: ({ NTPInformation }: { NTPInformation: Static<typeof newNTP> }) =>
    NTPInformation.FromDHCP === 'false' && !NTPInformation.NTPManual
      ? neededWithoutDHCP('NTPInformation/NTPManual')
      : undefined,
  reply: status,
  readBack: () => ({ by: getNetworkInterfaces }),
  settings: () => ({
    by: getNetworkInterfaces,
    as: ({ NTPInformation }: NetworkOfCamera) => ({ NTPInformation: NTPInformation ?? {} }),
    words: 'time server, clock',
  }),
  effect: 'write',
  guarded: true,
});

function neededWithoutDHCP(path: string): ParameterProblem {
  return { path, problem: 'is required without DHCP' };
}

export const cameraNetworkOperations = { getNetworkInterfaces, setNetworkInterfaces, setDNS, setNTP } as const;
