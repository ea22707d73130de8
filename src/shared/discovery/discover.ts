import { createSocket, type Socket } from 'node:dgram';
import { type Clock, sleep, systemClock, type Timer } from '../clock.js';
import { InvalidParameterError } from '../errors.js';
import { type LimitName, limits, sizeOf } from '../limits.js';
import { type DeviceInfo, readDeviceInfo } from './device-info.js';
import { DISCOVERY_PORT, inquiry } from './inquiry.js';
import { broadcastAddress, checkInterface, type NetworkInterface, ownInterfaces } from './network-interfaces.js';

/** ms from the begin: thrice as the document has it, since UDP loses; once with the bytes in the other order. */
const INQUIRIES: readonly { readonly at: number; readonly swapped: boolean }[] = [
  { at: 0, swapped: false },
  { at: 400, swapped: false },
  { at: 800, swapped: false },
  { at: 1200, swapped: true },
];

export interface DiscoverOptions {
  /** How long answers are waited for, ms. Default 3000. */
  readonly timeout?: number | undefined;
  /** Ends the search early; what was found so far is the result. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each device as soon as it answers; what it throws ends the search. */
  readonly found?: ((device: DiscoveredDevice) => void) | undefined;
  /** Where to search. Default: every IPv4 interface that leads out of this machine. */
  readonly interfaces?: readonly NetworkInterface[] | undefined;
  /**
   * MAC addresses of the one device that is searched for: every address that answers in its name is a result of its own,
   * since none is proven. Default: whatever answers.
   */
  readonly macs?: readonly string[] | undefined;
  /** UDP port that is asked. Default 31501. */
  readonly port?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A device that answered. Answers can be forged: never send it credentials for that. */
export interface DiscoveredDevice extends DeviceInfo {
  /** Where the answer came from, IPv4. */
  readonly sender: string;
  /** Name of the interface behind which it was found first. */
  readonly interface: string;
}

/** An interface behind which nothing, or not everything, could be asked. */
export interface DiscoveryProblem {
  readonly interface: string;
  readonly address: string;
  readonly message: string;
}

export interface Discovery {
  /** In the order of their answers, each MAC address once; where `macs` are searched for, each sender once. */
  readonly devices: readonly DiscoveredDevice[];
  readonly problems: readonly DiscoveryProblem[];
}

/**
 * Searches the local networks for NVRs by UDP broadcast (SDK 1). An interface that fails costs nothing but itself.
 *
 * @throws {@link InvalidParameterError}, or what `found` throws
 */
export async function discover(options: DiscoverOptions = {}): Promise<Discovery> {
  const { timeout = 3000, signal, found, interfaces = ownInterfaces(), macs } = options;
  const { port = DISCOVERY_PORT, clock = systemClock } = options;
  if (!(timeout > 0 && timeout < 2 ** 31)) throw new InvalidParameterError('timeout', 'must be positive, ms');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidParameterError('port', 'must be an integer from 1 to 65535');
  }
  for (const [index, each] of interfaces.entries()) checkInterface(`interfaces/${index}`, each);
  const devices = new Map<string, DiscoveredDevice>();
  const problems = new Map<string, DiscoveryProblem>();
  const stop = new AbortController();
  const heard = (device: DiscoveredDevice, flooded: (limit: LimitName) => void) => {
    if (macs && !macs.includes(device.mac ?? '')) return;
    const key = macs ? device.sender : (device.mac ?? `${device.address}:${device.port}`);
    if (devices.has(key)) return;
    if (devices.size >= limits.discovery.devices) return flooded('discovery.devices');
    devices.set(key, device);
    try {
      found?.(device);
    } catch (error) {
      stop.abort(error);
    }
  };
  const searches = interfaces.map((each) => {
    const failed = (error: Error) => {
      if (!problems.has(each.name + each.address)) {
        problems.set(each.name + each.address, {
          interface: each.name,
          address: each.address,
          message: error.message,
        });
      }
    };
    return search(each, port, clock, heard, failed);
  });
  await sleep(clock, timeout, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal).catch(() => undefined);
  await Promise.all(searches.map((end) => end()));
  stop.signal.throwIfAborted();
  return { devices: [...devices.values()], problems: [...problems.values()] };
}

/** Asks behind one interface. @returns what ends that */
function search(
  each: NetworkInterface,
  port: number,
  clock: Clock,
  heard: (device: DiscoveredDevice, flooded: (limit: LimitName) => void) => void,
  failed: (error: Error) => void,
): () => Promise<void> {
  const timers: Timer[] = [];
  const socket = createSocket('udp4');
  socket.on('error', failed);
  const flooded = (limit: LimitName) => {
    failed(
      new Error(
        `somebody floods the search: what comes after the first ${sizeOf(limit)} is passed over (limit ${limit})`,
      ),
    );
  };
  let answers = 0;
  socket.on('message', (answer, { address: sender }) => {
    if (++answers > limits.discovery.answers) return flooded('discovery.answers');
    const info = readDeviceInfo(answer, sender);
    if (info) heard({ ...info, sender, interface: each.name }, flooded);
  });
  socket.bind(0, each.address, () => {
    socket.setBroadcast(true);
    for (const { at, swapped } of INQUIRIES) {
      const ask = () =>
        socket.send(inquiry(each.mac, swapped), port, broadcastAddress(each), (error) => error && failed(error));
      if (at === 0) ask();
      else timers.push(clock.after(at, ask));
    }
  });
  return async () => {
    for (const timer of timers) timer.cancel();
    await closed(socket);
  };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve));
}
