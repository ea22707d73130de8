import { constants } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, DEFAULT_CIPHERS, type TLSSocket } from 'node:tls';
import { type LimitName, sizeOf } from '../limits.js';
import { type Portion, PortionedStream } from './portioned-stream.js';

export interface TlsOptions extends Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> {
  readonly host: string;
  readonly port: number;
  /** Whatever the peer shows goes on where nobody counts. */
  readonly limits?: { hit(limit: LimitName, where: string, what: string): void } | undefined;
  /** Bytes of a handshake, and of what comes with its end. Default: `socket.certificates` */
  readonly handshake?: LimitName;
}

/**
 * A TLS connection whose peer, of whom nothing is known until the handshake is over, cannot hold up the process by it:
 *
 * - All certificates of a chain are checked in one go, whoever signed them. OpenSSL takes 100 KB and 100 of them; of some
 *   kinds (ECDSA on sect571r1) that takes half a second. So a handshake may have so many bytes.
 * - With DHE the peer chooses the group; one of 10,000 bits takes a second.
 * - Nothing is negotiated anew (TLS 1.2): each time, all of it would be done again, thousands of times a second.
 * - Libuv reads 2 MB before others have their turn; as new keys or session tickets (TLS 1.3, 4.6) they take 0.7 s. So
 *   others have their turn after each piece that it reads.
 *
 * Errors are those of the socket, and end it: Node leaves a connection open that was broken off by an alert.
 */
export function tlsConnection({
  host,
  port,
  limits,
  handshake = 'socket.certificates',
  ...options
}: TlsOptions): TLSSocket {
  const tcp = connectTcp({ host, port, noDelay: true });
  const guard = new HandshakeGuard(tcp, sizeOf(handshake), () =>
    limits?.hit(handshake, 'TLS', 'a handshake is too long, and the connection is given up'),
  );
  const socket = connectTls({
    ...options,
    // Not to connect to, but what the certificate must be of.
    host,
    socket: guard,
    ciphers: `${DEFAULT_CIPHERS}:!DHE`,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(isIP(host) === 0 && { servername: host }),
  });
  socket.once('secureConnect', () => guard.pass());
  socket.once('error', () => socket.destroy());
  // A connection that is kept for later calls keeps no process.
  socket.ref = () => {
    tcp.ref();
    return socket;
  };
  socket.unref = () => {
    tcp.unref();
    return socket;
  };
  return socket;
}

/** Bytes that libuv reads at once at most: behind a piece of that size there may be another. */
const PIECE = 64 * 1024;

/** A TCP connection as TLS sees it: up to the end of the handshake only so many bytes come, and then piece by piece. */
class HandshakeGuard extends PortionedStream {
  readonly #most: number;
  readonly #exceeded: () => void;
  /** Bytes of the handshake that may still come. */
  #left: number;

  constructor(socket: Socket, most: number, exceeded: () => void) {
    super(socket);
    this.#most = most;
    this.#left = most;
    this.#exceeded = exceeded;
  }

  /** The handshake is over. */
  pass(): void {
    this.#left = Infinity;
  }

  protected override portion(chunk: Buffer, from: number): Portion | undefined {
    this.#left -= chunk.length - from;
    if (this.#left >= 0) return chunk.length < PIECE ? { end: chunk.length } : { end: chunk.length, pause: 0 };
    this.#exceeded();
    this.destroy(new Error(`its handshake has more than ${this.#most} bytes`));
    return undefined;
  }

  protected override later(_pause: number, then: () => void): () => void {
    const turn = setImmediate(then);
    return () => clearImmediate(turn);
  }
}
