import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { RtspRefusal } from './rtsp-refusal.js';
import type { TransportRequest } from './transport.js';

/** bytes that may wait for a slow client before it loses frames; some seconds of video */
const MAX_WAITING = 1024 * 1024;
/** Searches for two free UDP ports, the first of them even (RFC 3550 section 11). */
const MAX_SEARCHES = 50;

/** Where the packets of one track leave. */
export interface Outlet {
  /** `Transport` of the reply to SETUP. */
  readonly header: string;
  /** Whether the client reads too slowly. */
  readonly full: boolean;
  rtp(packet: Buffer): void;
  rtcp(packet: Buffer): void;
  close(): void;
}

/** @param heard is called whenever RTCP comes from the client */
export async function openOutlet(
  { over, pair }: TransportRequest,
  connection: Socket,
  heard: () => void,
): Promise<Outlet> {
  return over === 'tcp' ? interleaved(connection, pair) : datagrams(connection, pair, heard);
}

function interleaved(connection: Socket, [rtp, rtcp]: readonly [number, number]): Outlet {
  const send = (channel: number) => (packet: Buffer) => {
    const head = Buffer.from([0x24, channel, packet.length >> 8, packet.length & 0xff]);
    if (connection.writable) connection.write(Buffer.concat([head, packet]));
  };
  return {
    header: `RTP/AVP/TCP;unicast;interleaved=${rtp}-${rtcp}`,
    get full() {
      return connection.writableLength > MAX_WAITING;
    },
    rtp: send(rtp),
    rtcp: send(rtcp),
    // RTCP of the client comes with its requests; the connection is not ours to close.
    close: () => undefined,
  };
}

async function datagrams(
  connection: Socket,
  [rtpPort, rtcpPort]: readonly [number, number],
  heard: () => void,
): Promise<Outlet> {
  const { localAddress = '', remoteAddress: client = '' } = connection;
  const [rtp, rtcp] = await bindPair(localAddress);
  rtcp.on('message', (_, { address }) => {
    if (address === client) heard();
  });
  return {
    header: `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${rtp.address().port}-${rtcp.address().port}`,
    full: false,
    rtp: (packet) => rtp.send(packet, rtpPort, client),
    rtcp: (packet) => rtcp.send(packet, rtcpPort, client),
    close: () => {
      rtp.close();
      rtcp.close();
    },
  };
}

async function bindPair(address: string): Promise<[UdpSocket, UdpSocket]> {
  for (let search = 0; search < MAX_SEARCHES; search++) {
    const first = await bind(address, 0);
    if (!first) continue;
    const { port } = first.address();
    const second = port % 2 === 0 ? await bind(address, port + 1) : undefined;
    if (second) return [first, second];
    first.close();
  }
  throw new RtspRefusal(503, 'no two UDP ports are free');
}

/** `undefined` where that port is taken. */
async function bind(address: string, port: number): Promise<UdpSocket | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  // A client whose port is closed is no concern of ours.
  socket.on('error', () => undefined);
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}
