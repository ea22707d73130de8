import { networkInterfaces } from 'node:os';
import { Type } from 'typebox';
import { discover, type NetworkInterface } from '../../shared/index.js';
import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { clean } from '../output.js';

/** s that are searched, unless the person says how long. */
const SECONDS = 3;

export const discoverCommand: Command = {
  name: 'discover',
  summary: 'Search the local network for NVRs',
  description: [
    'Asks by UDP broadcast (port 31501) on every network of this machine. Anybody can answer, with whatever he likes: compare ' +
      'before you give a password to what is found. NVRs behind a router do not hear it.',
  ],
  options: {
    seconds: {
      type: 'number',
      value: 's',
      minimum: 0.1,
      maximum: 600,
      description: 'How long to wait for answers.',
      otherwise: String(SECONDS),
    },
    interface: {
      value: 'address',
      description: 'Search only behind this address of this machine.',
      otherwise: 'every network',
    },
    'udp-port': {
      type: 'number',
      value: 'port',
      minimum: 1,
      maximum: 65535,
      description: 'Port that is asked.',
      otherwise: '31501',
    },
  },
  answers: {
    '': Type.Object({
      devices: Type.Array(
        Type.Object({
          address: Type.String(),
          port: Type.Integer(),
          name: Type.Optional(Type.String()),
          model: Type.Optional(Type.String()),
          firmware: Type.Optional(Type.String()),
          category: Type.Optional(Type.String()),
          netmask: Type.Optional(Type.String()),
          mac: Type.Optional(Type.String()),
          ipChannels: Type.Optional(Type.Integer()),
          analogChannels: Type.Optional(Type.Integer()),
          sender: Type.String(),
          interface: Type.String(),
        }),
      ),
      problems: Type.Array(Type.Object({ interface: Type.String(), address: Type.String(), message: Type.String() })),
    }),
  },
  examples: [
    ['everfocus discover', 'lists what answers within 3 s'],
    ['everfocus discover --seconds 10 --json', 'the same for programs, more patiently'],
  ],
  async run({ given, out, signal }) {
    const only = given.text('interface');
    const seconds = given.number('seconds') ?? SECONDS;
    out.progress(`searching for ${seconds} s …`);
    const { devices, problems } = await discover({
      timeout: seconds * 1000,
      signal,
      port: given.number('udp-port'),
      ...(only !== undefined && { interfaces: [interfaceAt(only)] }),
    });
    signal.throwIfAborted();
    if (out.json) out.document({ devices, problems });
    else if (devices.length > 0) {
      out.table(
        ['Address', 'Port', 'Name', 'Model', 'MAC', 'Firmware', 'Cameras'],
        devices.map(({ address, port, name, model, mac, firmware, ipChannels }) => [
          address,
          port,
          name,
          model,
          mac,
          firmware,
          ipChannels,
        ]),
      );
      for (const { address, sender } of devices) {
        if (address !== sender)
          out.note(`${clean(address)} is what ${sender} says of itself: it may stand in another network`);
      }
    } else
      out.line('Nothing answered. Is the NVR in this network, and switched on? Its address may also be typed: --host.');
    for (const { interface: name, message } of problems)
      out.note(`${clean(name)} could not be searched: ${clean(message)}`);
    return devices.length > 0 ? EXIT.ok : EXIT.failed;
  },
};

/** The interface of this machine that has the address; loopback, too. */
function interfaceAt(wanted: string): NetworkInterface {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(({ address, family }) => family === 'IPv4' && address === wanted);
    if (found) return { name, address: found.address, netmask: found.netmask, mac: found.mac };
  }
  throw new Failure('USAGE', `--interface: this machine has no IPv4 address ${wanted}`);
}
