import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type Clock, inSeconds } from '../clock.js';
import { NvrUnreachableError } from '../errors.js';
import type { LimitCounters } from '../limit-counters.js';
import type { CertificateTrust, DatedCertificate } from './certificate-trust.js';
import { tlsConnection } from './tls-connection.js';

/** Where to connect and what to believe. */
export interface TrustOptions {
  readonly host: string;
  readonly port: number;
  readonly trust: CertificateTrust;
  readonly clock: Clock;
  /** Where a handshake that is too long is counted. */
  readonly limits: LimitCounters;
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
export function connectTrusted({
  host,
  port,
  trust,
  clock,
  limits,
  timeout,
  signal,
}: TrustOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnection({ host, port, limits, rejectUnauthorized: false });
    const abort = () => fail(signal.reason as Error);
    const late = () => unreachable(` within ${inSeconds(timeout)}`);
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
    const judge = async () => trust.judge(shownBy(socket));
    socket.once('secureConnect', () => void judge().then(hand, fail));
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
