import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** Bytes that the system did not take yet: a network that is stuck. */
const CONGESTED = 2 * 1024 * 1024;

export interface RtpSocketOptions {
  readonly family: 4 | 6;
  /** The address that the phone knows us by. Where it is not ours to bind, any address of the family is. */
  readonly localAddress: string;
  /** The phone's, in its shortest form and lower case; what comes from elsewhere is passed over. */
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** One UDP port for RTP and RTCP of one track, in both directions. */
export class RtpSocket {
  readonly port: number;
  readonly #socket: Socket;
  readonly #options: RtpSocketOptions;
  #listener: ((packet: Buffer, fromItsPort: boolean) => void) | undefined;
  #closed = false;

  private constructor(socket: Socket, options: RtpSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.port = socket.address().port;
    // A phone that went away answers with ICMP errors: its missing RTCP ends the session, not they.
    socket.on('error', () => {});
    socket.on('message', (packet, from) => {
      if (from.address === options.remoteAddress) this.#listener?.(packet, from.port === options.remotePort);
    });
  }

  static async open(options: RtpSocketOptions): Promise<RtpSocket> {
    const { family, localAddress } = options;
    const bindable = isIP(localAddress.split('%')[0] ?? '') === family;
    const wildcard = family === 4 ? '0.0.0.0' : '::';
    const socket = await bind(family, bindable ? localAddress : wildcard).catch((error: unknown) => {
      if (bindable) return bind(family, wildcard);
      throw error;
    });
    return new RtpSocket(socket, options);
  }

  /** @param listener `fromItsPort`: from the one that the phone is sent to; a relay may use others */
  set onPacket(listener: (packet: Buffer, fromItsPort: boolean) => void) {
    this.#listener = listener;
  }

  /** Whether packets pile up here because the network takes none. */
  get congested(): boolean {
    return !this.#closed && this.#socket.getSendQueueSize() > CONGESTED;
  }

  /** Whether the system has taken all that was sent: no memory of it is needed any more. */
  get drained(): boolean {
    return !this.#closed && this.#socket.getSendQueueCount() === 0;
  }

  /** Sends `length` of the bytes from `start` on. UDP may lose them anyway: nobody is told. */
  send(bytes: Buffer, start: number, length: number): void {
    const { remotePort, remoteAddress } = this.#options;
    if (!this.#closed) this.#socket.send(bytes, start, length, remotePort, remoteAddress);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener = undefined;
    this.#socket.close();
  }
}

async function bind(family: 4 | 6, address: string): Promise<Socket> {
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    // Every address is numeric here: the resolver would only cost each packet a round through the thread pool.
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  try {
    const listening = once(socket, 'listening');
    socket.bind(0, address);
    await listening;
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
