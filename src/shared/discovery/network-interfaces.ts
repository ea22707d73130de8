import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { InvalidParameterError } from '../errors.js';

/** One way out of this machine. */
export interface NetworkInterface {
  readonly name: string;
  /** IPv4 address of this machine there. */
  readonly address: string;
  /** IPv4 netmask. */
  readonly netmask: string;
  /** `00:11:22:33:44:55` */
  readonly mac: string;
}

/** Every IPv4 interface that leads out of this machine. */
export function ownInterfaces(): readonly NetworkInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address, netmask, mac }) => ({ name, address, netmask, mac })),
  );
}

/** @throws {@link InvalidParameterError} with a path below that one */
export function checkInterface(path: string, { address, netmask, mac }: NetworkInterface): void {
  for (const [name, value] of Object.entries({ address, netmask })) {
    if (!isIPv4(value)) throw new InvalidParameterError(`${path}/${name}`, 'must be of IPv4');
  }
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw new InvalidParameterError(`${path}/mac`, 'must be such as 00:11:22:33:44:55');
  }
}

/** The address that reaches everybody behind an interface. */
export function broadcastAddress({ address, netmask }: NetworkInterface): string {
  const mask = bytesOf(netmask);
  return bytesOf(address)
    .map((byte, index) => (byte & (mask[index] ?? 255)) | (~(mask[index] ?? 255) & 255))
    .join('.');
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number);
}
