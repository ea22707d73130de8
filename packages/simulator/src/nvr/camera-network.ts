import type { OperationParams, OperationReply } from '../../../../src/shared/sdk/index.js';
import { Refusal } from './refusal.js';

/** What the NVR knows of a camera, but for its channel. */
export type CameraSettings = Omit<OperationParams<'setCamera'>, 'ChannelID'>;
type Information = OperationReply<'getNetworkInterfaces'>;
type Interfaces = OperationParams<'setNetworkInterfaces'>['NetworkInterfaces'];
type Dns = OperationParams<'setDNS'>['DNSInformation'];
type Ntp = OperationParams<'setNTP'>['NTPInformation'];

const TOKEN = 'eth0';

const link = { AutoNegotiation: 'true', Speed: '100', Duplex: 'Full' };

/** A camera's own network settings. Its address is what the NVR knows it by: a change of one is a change of both. */
export class CameraNetwork {
  readonly #camera: CameraSettings;
  #enabled: Interfaces['Enabled'] = 'true';
  #ipv4: Interfaces['IPv4']['Enabled'] = 'true';
  #dhcp: Interfaces['IPv4']['Config']['DHCP'] = 'false';
  #mtu = '1500';
  #gateways: readonly { readonly IPv4Address: string }[] = [{ IPv4Address: '192.168.33.254' }];
  #dns: Dns = {
    FromDHCP: 'false',
    DNSManual: [
      { Type: 'IPv4', IPv4Address: '168.95.1.1' },
      { Type: 'IPv4', IPv4Address: '0.0.0.0' },
    ],
  };
  #ntp: Ntp = { FromDHCP: 'false', NTPManual: { Type: 'DNS', DNSname: 'time.windows.com' } };

  constructor(camera: CameraSettings) {
    this.#camera = camera;
  }

  get information(): Information {
    const { IPAddress, SubnetMask, MacAddress = '' } = this.#camera;
    const [gateway, ...more] = this.#gateways;
    return structuredClone({
      NetworkInterfaces: {
        $: { token: TOKEN },
        Enabled: this.#enabled,
        Info: { Name: TOKEN, HwAddress: MacAddress, MTU: this.#mtu },
        Link: { AdminSettings: link, OperSettings: link, InterfaceType: '6' },
        IPv4: {
          Enabled: this.#ipv4,
          Config: { Manual: { Address: IPAddress, PrefixLength: prefixOf(SubnetMask) }, DHCP: this.#dhcp },
        },
      },
      NTPInformation: ntpInformation(this.#ntp),
      HostnameInformation: { FromDHCP: 'false' as const, Name: 'EBN1240-A' },
      NetworkGateway: gateway && more.length === 0 ? gateway : [...this.#gateways],
      DNSInformation: this.#dns,
      NetworkProtocols: [
        { Name: 'HTTP', Enabled: 'true' as const, Port: String(this.#camera.Port) },
        { Name: 'HTTPS', Enabled: 'false' as const, Port: '0' },
        { Name: 'RTSP', Enabled: 'true' as const, Port: '554' },
      ],
    });
  }

  /** @throws {@link Refusal} */
  setInterfaces({ $, Enabled, MTU, IPv4, NetworkGateway }: Interfaces): void {
    const { DHCP, Manual } = IPv4.Config;
    if ($.token !== TOKEN) throw new Refusal(`token=${$.token}: no such interface`);
    if (DHCP === 'false' && !Manual) throw new Refusal('Manual: needed without DHCP');
    this.#enabled = Enabled;
    this.#ipv4 = IPv4.Enabled;
    this.#dhcp = DHCP;
    if (MTU !== undefined) this.#mtu = MTU;
    if (NetworkGateway) this.#gateways = structuredClone(NetworkGateway);
    if (DHCP === 'false' && Manual) {
      Object.assign(this.#camera, { IPAddress: Manual.Address, SubnetMask: maskOf(Manual.PrefixLength) });
    }
  }

  /** @throws {@link Refusal} */
  setDns(dns: Dns): void {
    if (dns.FromDHCP === 'false' && !dns.DNSManual) throw new Refusal('DNSManual: needed without DHCP');
    this.#dns = { ...this.#dns, ...structuredClone(dns) };
  }

  /** @throws {@link Refusal} */
  setNtp(ntp: Ntp): void {
    if (ntp.FromDHCP === 'false' && !ntp.NTPManual) throw new Refusal('NTPManual: needed without DHCP');
    this.#ntp = { ...this.#ntp, ...structuredClone(ntp) };
  }
}

/** As 2.17 tells it: the server under two names, whatever it is. */
function ntpInformation({ NTPManual, ...ntp }: Ntp) {
  return NTPManual ? { ...ntp, NTPManual: { ...NTPManual, IPv4Address: NTPManual.DNSname } } : ntp;
}

/** `255.255.255.0` → `24` */
function prefixOf(mask: string): string {
  const bits = mask.split('.').map((part) => Number(part).toString(2).padStart(8, '0'));
  return String(bits.join('').indexOf('0') === -1 ? 32 : bits.join('').indexOf('0'));
}

/** `24` → `255.255.255.0` */
function maskOf(prefix: string): string {
  const bits = '1'.repeat(Number(prefix)).padEnd(32, '0');
  return (bits.match(/.{8}/g) ?? []).map((part) => parseInt(part, 2)).join('.');
}
