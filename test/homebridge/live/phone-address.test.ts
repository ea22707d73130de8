import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { phoneAddress } from '../../../src/homebridge/live/phone-address.js';

const entry = (address: string, cidr: string) =>
  ({ address, cidr, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const INTERFACES = {
  lo: [entry('127.0.0.1', '127.0.0.1/8'), entry('::1', '::1/128')],
  eth0: [
    entry('192.168.1.2', '192.168.1.2/24'),
    entry('fe80::2', 'fe80::2/64'),
    entry('2001:db8:1::2', '2001:db8:1::2/64'),
  ],
  eth1: [entry('10.0.0.2', '10.0.0.2/8')],
};

function sendTo(address: string, remoteAddress: string, localAddress: string): string {
  const version = address.includes(':') ? 'ipv6' : 'ipv4';
  return phoneAddress({ address, version }, { remoteAddress, localAddress }, INTERFACES);
}

describe('media goes', () => {
  it.each([
    ['to the phone', '192.168.1.7', '192.168.1.7', '192.168.1.2', '192.168.1.7'],
    [
      'to the phone, on a socket for both protocols',
      '192.168.1.7',
      '::ffff:192.168.1.7',
      '::ffff:192.168.1.2',
      '192.168.1.7',
    ],
    ['to a phone behind a router', '172.16.9.9', '172.16.9.9', '192.168.1.2', '172.16.9.9'],
    ['to the IPv4 address of one that asks over IPv6', '192.168.1.7', 'fe80::7', 'fe80::2', '192.168.1.7'],
    ['to another IPv6 address of the phone', '2001:db8:1::77', 'fe80::7%eth0', 'fe80::2%eth0', '2001:db8:1::77'],
    ['over the right interface', 'fe80::7%en0', 'fe80::7%eth0', 'fe80::2%eth0', 'fe80::7%eth0'],
    ['to this machine, if that asks', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ])('%s', (_, wanted, remote, local, expected) => {
    expect(sendTo(wanted, remote, local)).toBe(expected);
  });
});

describe('media does not go', () => {
  it.each([
    ['to a neighbour of the phone', '192.168.1.8', '192.168.1.7', '192.168.1.2'],
    ['to the internet', '203.0.113.9', '192.168.1.7', '192.168.1.2'],
    ['to the internet, asked over IPv6', '203.0.113.9', 'fe80::7', 'fe80::2'],
    ['to the internet over IPv6', '2001:db8:2::9', 'fe80::7', 'fe80::2'],
    ['into another network of this machine', '10.0.0.9', 'fe80::7', 'fe80::2'],
    ['to this machine for a phone', '127.0.0.1', '192.168.1.7', '192.168.1.2'],
    ['to many', '224.0.0.251', '224.0.0.251', '192.168.1.2'],
    ['to many over IPv6', 'ff02::fb', 'fe80::7', 'fe80::2'],
    ['to all', '255.255.255.255', '192.168.1.7', '192.168.1.2'],
    ['to nobody', '0.0.0.0', '192.168.1.7', '192.168.1.2'],
    ['to IPv4 in the clothes of IPv6', '::ffff:192.168.1.7', '192.168.1.7', '192.168.1.2'],
    ['over a protocol that the interface lacks', 'fe80::9', '10.0.0.9', '10.0.0.2'],
    ['to a name', 'phone.local', '192.168.1.7', '192.168.1.2'],
    ['to an option', '-i', '192.168.1.7', '192.168.1.2'],
  ])('%s', (_, wanted, remote, local) => {
    expect(() => sendTo(wanted, remote, local)).toThrow(/^address /);
  });

  it('where nobody is known to have asked', () => {
    expect(() => phoneAddress({ address: '192.168.1.7', version: 'ipv4' }, undefined, INTERFACES)).toThrow(/nobody/);
  });
});
