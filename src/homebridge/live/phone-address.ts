import { BlockList, isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { RefusedRequest } from './refused-request.js';

/** Both ends of the HAP connection on which a stream was asked for. */
export interface AskingConnection {
  readonly localAddress: string;
  readonly remoteAddress: string;
}

/** As `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Where nobody is at home: unspecified, multicast, broadcast, reserved, IPv4 in the clothes of IPv6. */
const NO_UNICAST = { ipv4: new BlockList(), ipv6: new BlockList() } as const;
NO_UNICAST.ipv4.addSubnet('0.0.0.0', 8, 'ipv4');
NO_UNICAST.ipv4.addSubnet('224.0.0.0', 3, 'ipv4');
NO_UNICAST.ipv6.addAddress('::', 'ipv6');
NO_UNICAST.ipv6.addSubnet('::ffff:0:0', 96, 'ipv6');
NO_UNICAST.ipv6.addSubnet('ff00::', 8, 'ipv6');

/**
 * Where media may be sent for a phone that asked for it at `wanted`: to the phone itself and nobody else. That is the
 * far end of the HAP connection that asked. Away from home it is the home hub's, which passes the media on: HomeKit
 * gives the address of whoever holds the HAP connection, so the two agree in both cases.
 *
 * A device has one IPv4 address on a network and several of IPv6, and may ask over one protocol for media over the
 * other. What cannot be compared must at least lie in the network of the interface on which it asked: media never
 * leaves the local network unless the HAP connection did.
 *
 * @returns with the zone where it is link-local
 * @throws {@link RefusedRequest}
 */
export function phoneAddress(
  wanted: { readonly address: string; readonly version: 'ipv4' | 'ipv6' },
  connection: AskingConnection | undefined,
  interfaces: Interfaces,
): string {
  const { version } = wanted;
  const address = withoutZone(wanted.address);
  if (isIP(address) !== (version === 'ipv4' ? 4 : 6)) throw new RefusedRequest('address', `is no ${version} address`);
  if (NO_UNICAST[version].check(address, version)) throw new RefusedRequest('address', `${address} is nobody's`);
  if (!connection) throw new RefusedRequest('address', `${address}: nobody is known to have asked`);

  const asking = withoutZone(plain(connection.remoteAddress));
  const [name, addresses] = interfaceOf(withoutZone(plain(connection.localAddress)), interfaces);
  const own = addresses.filter(({ family }) => family.toLowerCase() === version);
  if (own.length === 0) throw new RefusedRequest('address', `there is no ${version} on the interface that was asked`);
  const same = isIP(asking) === isIP(address) && equal(asking, address, version);
  const comparable = version === 'ipv4' && isIP(asking) === 4;
  if (!same && (comparable || !own.some((entry) => isInNetworkOf(entry, address, version)))) {
    throw new RefusedRequest('address', `${address} is not that of the phone that asked, ${asking}`);
  }
  return isLinkLocal(address, version) ? `${address}%${name}` : address;
}

function interfaceOf(
  local: string,
  interfaces: Interfaces,
): [name: string, addresses: readonly NetworkInterfaceInfo[]] {
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    if (addresses.some(({ address }) => withoutZone(address) === local)) return [name, addresses];
  }
  throw new RefusedRequest('address', `the interface that was asked (${local}) is gone`);
}

/** 127.0.0.1 instead of ::ffff:127.0.0.1: HAP listens on both protocols with one socket. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}

function equal(one: string, other: string, version: 'ipv4' | 'ipv6'): boolean {
  const list = new BlockList();
  list.addAddress(one, version);
  return list.check(other, version);
}

function isInNetworkOf({ cidr }: NetworkInterfaceInfo, address: string, version: 'ipv4' | 'ipv6'): boolean {
  const [network, prefix] = cidr?.split('/') ?? [];
  if (!network || !prefix) return false;
  const list = new BlockList();
  list.addSubnet(withoutZone(network), Number(prefix), version);
  return list.check(address, version);
}

function isLinkLocal(address: string, version: 'ipv4' | 'ipv6'): boolean {
  return version === 'ipv6' && isInNetworkOf({ cidr: 'fe80::/10' } as NetworkInterfaceInfo, address, version);
}
