import { isIP } from 'node:net';
import { connect as connectTls, DEFAULT_CIPHERS, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Clock } from '../clock.js';
import { NvrUnreachableError } from '../errors.js';
import type { CertificateTrust, DatedCertificate } from './certificate-trust.js';

/**
 * What TLS may choose from: all that Node takes but DHE, whose group the peer chooses, before anybody knows who it is; one
 * of 10,000 bits holds up the whole process for a second.
 */
export const CIPHERS = `${DEFAULT_CIPHERS}:!DHE`;

/** Where to connect and what to believe. */
export interface TrustOptions {
  readonly host: string;
  readonly port: number;
  readonly trust: CertificateTrust;
  readonly clock: Clock;
  /** ms for all of it, however the handshake drips */
  readonly timeout: number;
  /** Ends the attempt with its reason, an Error. */
  readonly signal: AbortSignal;
}

/**
 * A TLS connection to a peer that was checked before the first byte of ours. Sessions are not resumed: on a resumed one
 * Node shows no certificate to compare.
 *
 * @throws {@link NvrUnreachableError}, {@link UntrustedCertificateError}, {@link StoreError}, or the signal's reason
 */
export function connectTrusted({ host, port, trust, clock, timeout, signal }: TrustOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      ciphers: CIPHERS,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const abort = () => fail(signal.reason as Error);
    const late = () => unreachable(` within ${timeout} ms`);
    const broken = (error: NodeJS.ErrnoException) => unreachable(`: ${explainFailure(error)}`);
    const closed = () => unreachable(': the NVR closed it');
    const settle = () => {
      signal.removeEventListener('abort', abort);
      timer.cancel();
      socket.off('error', broken).off('close', closed);
    };
    const fail = (reason: Error) => {
      settle();
      // What else goes wrong with it is of no interest.
      socket.on('error', () => undefined).destroy();
      reject(reason);
    };
    const unreachable = (why: string) => fail(new NvrUnreachableError(`no TLS connection to ${host}:${port}${why}`));
    const hand = () => {
      if (socket.destroyed) return;
      settle();
      resolve(socket);
    };
    signal.addEventListener('abort', abort);
    const timer = clock.after(timeout, late);
    socket.on('error', broken).on('close', closed);
    socket.once('secureConnect', () => void trust.judge(shownBy(socket)).then(hand, fail));
  });
}

function shownBy(socket: TLSSocket): DatedCertificate {
  // An empty object where the peer shows no certificate.
  const { fingerprint256 = '', valid_to = '' } = socket.getPeerCertificate() as Partial<PeerCertificate>;
  return { fingerprint: fingerprint256, authorized: socket.authorized, validUntil: Date.parse(valid_to) };
}

function explainFailure({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO'
    ? 'that port does not speak TLS as we do; is it the HTTP port, or is the NVR too old for TLS 1.2?'
    : message.trim();
}
