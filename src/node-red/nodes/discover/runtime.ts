import { networkInterfaces } from 'node:os';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  discover,
  type DiscoveredDevice,
  InvalidParameterError,
  type NetworkInterface,
  systemClock,
} from '../../../shared/index.js';
import { codeOf } from '../../errors.js';
import { finish, handOn } from '../../finish.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import { textOf } from '../../words.js';

/** A discover node as it is stored; a flow made by hand may lack anything. */
export interface StoredDiscover extends NodeDef {
  /** s to wait for answers. */
  readonly seconds?: string | number;
  /** One message with the list, or one for each NVR as soon as it answers. */
  readonly output?: 'list' | 'each';
  /** Address of this machine behind which is searched; empty: on every network. */
  readonly address?: string;
  /** UDP port that is asked; empty: 31501. */
  readonly udpPort?: string | number;
}

const SECONDS = 3;
const MAX_SECONDS = 600;

const migrations: readonly Migration[] = [];

/** Registers `everfocus-discover`: a message searches the local networks for NVRs. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('everfocus-discover', function (this: Node, def: StoredDiscover) {
    RED.nodes.createNode(this, def);
    this.status({});
    const closing = new AbortController();
    /** One search at a time: who asks meanwhile hears the same answers. */
    let under: ReturnType<typeof search> | undefined;
    /** Who wants to hear of each NVR, and those that have answered already. */
    const told = new Set<(device: DiscoveredDevice) => void>();
    const known = new Set<DiscoveredDevice>();
    const heard = (device: DiscoveredDevice) => {
      known.add(device);
      for (const tell of told) tell(device);
    };
    const run = () => {
      known.clear();
      const begun = search(def, closing.signal, heard);
      under = begun;
      const over = () => void (under = undefined);
      begun.then(over, over);
      return begun;
    };

    this.on('input', (msg, send, done) => {
      const [time, begun] = [new Date(systemClock.wall()), systemClock.now()];
      const everfocus = () => ({ operation: 'discover', time, ms: systemClock.now() - begun });
      const tell = (device: DiscoveredDevice) => {
        try {
          handOn(send, { ...msg, payload: device, everfocus: everfocus() });
        } catch (error) {
          told.delete(tell);
          finish(this, msg, (failure) => this.error(failure, msg), error);
        }
      };
      if (def.output === 'each') {
        told.add(tell);
        if (under) known.forEach(tell);
      }
      this.status({ fill: 'blue', shape: 'dot', text: 'discover' });
      (under ?? run())
        .then(({ devices, problems }) => {
          told.delete(tell);
          if (closing.signal.aborted) return;
          this.status({ fill: 'grey', shape: 'ring', text: String(devices.length) });
          for (const { interface: name, message } of problems) this.warn(`${name}: ${message}`);
          if (def.output !== 'each') handOn(send, Object.assign(msg, { payload: devices, everfocus: everfocus() }));
          finish(this, msg, done);
        })
        .catch((error: unknown) => {
          told.delete(tell);
          this.status(failureStatus(codeOf(error)));
          finish(this, msg, done, error);
        });
    });
    this.on('close', (_removed: boolean, done: () => void) => {
      told.clear();
      closing.abort();
      done();
    });
  });
}

/** @throws InvalidParameterError, FlowError */
async function search(stored: StoredDiscover, signal: AbortSignal, found: (device: DiscoveredDevice) => void) {
  const def = migrate(stored, migrations);
  const seconds = numberIn('seconds', def.seconds) ?? SECONDS;
  if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
    throw new InvalidParameterError('seconds', `must be more than 0 and ${MAX_SECONDS} at most`);
  }
  const address = textOf(def.address, 'address');
  const interfaces = address === '' ? undefined : [interfaceAt(address)];
  return discover({ timeout: seconds * 1000, signal, found, interfaces, port: numberIn('udpPort', def.udpPort) });
}

/** @throws InvalidParameterError */
function numberIn(name: string, value: string | number = ''): number | undefined {
  if (String(value).trim() === '') return undefined;
  if (Number.isFinite(Number(value))) return Number(value);
  throw new InvalidParameterError(name, 'must be a number');
}

/** @throws InvalidParameterError where this machine has no such address */
export function interfaceAt(wanted: string): NetworkInterface {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(({ address, family }) => family === 'IPv4' && address === wanted);
    if (found) return { name, address: found.address, netmask: found.netmask, mac: found.mac };
  }
  throw new InvalidParameterError('address', `this machine has no IPv4 address ${wanted}`);
}
