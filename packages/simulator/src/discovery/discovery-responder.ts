import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { carriedOut, type RequestLog } from '../api/request-log.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { Refusal } from '../nvr/refusal.js';
import { checkInquiry, isForeign } from './inquiry.js';

/** What an answer tells. */
export interface Described {
  readonly name: string;
  readonly firmware: string;
  readonly mac: string;
  readonly address: string;
  readonly httpPort: number;
  readonly ipChannels: number;
}

/** Answers those who search for NVRs by UDP broadcast (SDK 1). */
export class DiscoveryResponder {
  readonly #describe: () => Described;
  readonly #faults: FaultSettings;
  readonly #log: RequestLog;
  readonly #now: () => number;
  #sockets: readonly Socket[] = [];

  constructor(describe: () => Described, faults: FaultSettings, log: RequestLog, now: () => number) {
    this.#describe = describe;
    this.#faults = faults;
    this.#log = log;
    this.#now = now;
  }

  /**
   * Listens for inquiries to an address of this machine and for broadcasts.
   * @param port 0: any free one. @returns the port
   */
  async open(host: string, port: number): Promise<number> {
    // A socket that is bound to an address of its own hears no broadcasts; loopback has a broadcast address, too.
    const broadcast = host.startsWith('127.') ? '127.255.255.255' : '0.0.0.0';
    const first = await this.#listen(broadcast, port);
    const sockets = [first];
    this.#sockets = sockets;
    const { port: taken } = first.address();
    if (broadcast !== '0.0.0.0') sockets.push(await this.#listen(host, taken));
    return taken;
  }

  async close(): Promise<void> {
    const sockets = this.#sockets;
    this.#sockets = [];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  }

  async #listen(host: string, port: number): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.on('message', (packet, from) => this.#answer(socket, packet, from));
    socket.bind(port, host);
    await once(socket, 'listening');
    // What goes wrong with one answer is the loss of that answer.
    socket.on('error', () => undefined);
    return socket;
  }

  #answer(socket: Socket, packet: Buffer, from: RemoteInfo): void {
    const { swappedDiscovery, silentDiscovery } = this.#faults;
    const request = {
      ...{ time: this.#now(), method: 'UDP', path: 'discovery', query: '', upgrade: false },
      body: packet.toString('hex', 0, 64),
    };
    this.#log.received(request);
    if (silentDiscovery || isForeign(packet, swappedDiscovery)) return;
    try {
      checkInquiry(packet, this.#describe().mac, swappedDiscovery);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#log.refuse(request, error.message);
    }
    // Broadcasts arrive at a socket that cannot send from its address: the last one can.
    const sender = this.#sockets.at(-1) ?? socket;
    sender.send(this.#reply(packet), from.port, from.address);
    carriedOut.publish('discover');
  }

  #reply(packet: Buffer): Buffer {
    const { headedDiscovery, oversizedDiscovery } = this.#faults;
    const xml = Buffer.from(answer(this.#describe()) + (oversizedDiscovery ? ' '.repeat(20_000) : ''));
    if (!headedDiscovery) return xml;
    const header = Buffer.from(packet);
    header.writeUInt16BE(Math.min(xml.length, 0xffff), 20);
    return Buffer.concat([header, xml]);
  }
}

function answer({ name, firmware, mac, address, httpPort, ipChannels }: Described): string {
  const escaped = name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [
    "<DeviceInfo version='1.0'>",
    `    <HttpPort>${httpPort}</HttpPort>`,
    `    <DeviceName>${escaped}</DeviceName>`,
    '    <ModelName>undefined</ModelName>',
    `    <FwVer>${firmware}</FwVer>`,
    '    <Category>NVR</Category>',
    '    <Ipv4>',
    `        <Addr>${address}</Addr>`,
    '        <Mask>255.255.255.0</Mask>',
    '    </Ipv4>',
    `    <MacAddr>${mac}</MacAddr>`,
    `    <IPChannels>${ipChannels}</IPChannels>`,
    '    <AnalogChannels>0</AnalogChannels>',
    '</DeviceInfo>',
  ].join('\n');
}
