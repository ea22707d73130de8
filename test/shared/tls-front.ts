import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TlsOptions } from 'node:tls';
import { afterEach } from '@jest/globals';
import { type Identity, selfSigned, type Subject } from '../../packages/simulator/src/certificates/self-signed.js';

const DAY = 86_400_000;
const subject: Subject = {
  countryName: 'TW',
  stateOrProvinceName: '',
  localityName: '',
  organizationName: '',
  organizationalUnitName: '',
  commonName: 'localhost',
  emailAddress: '',
};

/** A self-signed certificate of localhost and its fingerprint. */
export interface TestIdentity extends Identity {
  readonly fingerprint: string;
}

/**
 * Of another name each time: a known authority is found by it.
 *
 * @param days from now, until when it is valid; below 0: it has expired
 */
export function makeIdentity(days = 1): TestIdentity {
  const until = Date.now() + days * DAY;
  const identity = selfSigned({ ...subject, organizationName: randomUUID() }, until - 10 * DAY, until);
  return { ...identity, fingerprint: new X509Certificate(identity.cert).fingerprint256 };
}

/** TLS in front of a plain server, which shows whatever certificate a test wants. */
export interface TlsFront {
  readonly port: number;
  /** TCP connections so far. */
  readonly connections: number;
  /** Handshakes in which the client resumed a session. */
  readonly resumed: number;
  /** Takes connections and says nothing. */
  deaf: boolean;
  /** Shows each new connection the next of these, the first again after the last. */
  show(...identities: TestIdentity[]): void;
  /** What was said after the handshake to whom showed that certificate, bytes. */
  heard(identity: TestIdentity): number;
  /** Cuts what is open. */
  cut(): void;
}

/** Closed after the test. */
export async function startTlsFront(
  target: { readonly host: string; readonly port: number },
  identity: TestIdentity,
  options: TlsOptions = {},
): Promise<TlsFront> {
  const open = new Set<Socket>();
  const heard = new Map<string, number>();
  const servers = new Map<string, TlsServer>();
  const counts = { connections: 0, resumed: 0 };
  let shown = [identity];

  const serverOf = ({ key, cert, fingerprint }: TestIdentity): TlsServer => {
    const known = servers.get(fingerprint);
    if (known) return known;
    const server = createTlsServer({ ...options, key, cert }, (outside) => {
      if (outside.isSessionReused()) counts.resumed += 1;
      const inside = connectTcp(target.port, target.host);
      outside.on('data', (data: Buffer) => heard.set(fingerprint, (heard.get(fingerprint) ?? 0) + data.length));
      outside.pipe(inside).pipe(outside);
      for (const socket of [outside, inside]) {
        socket.on('error', () => undefined);
        socket.on('close', () => [outside, inside].forEach((either) => either.destroy()));
      }
    });
    servers.set(fingerprint, server);
    return server;
  };

  const tcp = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    const next = shown[counts.connections++ % shown.length];
    if (next && !front.deaf) serverOf(next).emit('connection', socket);
  });
  const front: TlsFront = {
    deaf: false,
    get port() {
      return (tcp.address() as AddressInfo).port;
    },
    get connections() {
      return counts.connections;
    },
    get resumed() {
      return counts.resumed;
    },
    show: (...identities) => void (shown = identities),
    heard: ({ fingerprint }) => heard.get(fingerprint) ?? 0,
    cut: () => open.forEach((socket) => socket.destroy()),
  };
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  running.push(() => {
    front.cut();
    tcp.close();
  });
  return front;
}

const running: (() => void)[] = [];

afterEach(() => running.splice(0).forEach((close) => close()));
