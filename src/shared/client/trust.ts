import { isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { NvrUnreachableError, UntrustedCertificateError } from '../errors.js';

/** Where to connect and what to believe. */
export interface TrustOptions {
  readonly host: string;
  readonly port: number;
  /** Upper-case hexadecimal without colons, or `undefined` to believe known authorities only. */
  readonly fingerprint: string | undefined;
  /** ms */
  readonly timeout: number;
  /** Ends the attempt with its reason, an Error. */
  readonly signal: AbortSignal;
}

/**
 * A TLS connection to a peer that was checked before the first byte of ours. Sessions are not resumed: on a resumed one
 * Node shows no certificate to compare.
 */
export function connectTrusted({ host, port, fingerprint, timeout, signal }: TrustOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const abort = () => fail(signal.reason as Error);
    signal.addEventListener('abort', abort);
    const fail = (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeout, () =>
      fail(new NvrUnreachableError(`no TLS connection to ${host}:${port} within ${timeout} ms`)),
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(new NvrUnreachableError(`no TLS connection to ${host}:${port}: ${explainFailure(error)}`)),
    );
    socket.once('secureConnect', () => {
      // An empty object where the peer shows no certificate.
      const shown = (socket.getPeerCertificate() as Partial<PeerCertificate>).fingerprint256 ?? '';
      const trusted = fingerprint ? shown.replaceAll(':', '') === fingerprint : socket.authorized;
      if (!trusted) return fail(new UntrustedCertificateError(explain(fingerprint, shown), shown));
      signal.removeEventListener('abort', abort);
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function explain(fingerprint: string | undefined, shown: string): string {
  return fingerprint
    ? `the certificate of the NVR has changed (now ${shown}); if that was you, set this as the new fingerprint`
    : `the certificate of the NVR is not signed by a known authority; compare its SHA-256 fingerprint ${shown} with the NVR and set it as "fingerprint"`;
}

function explainFailure({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO'
    ? 'that port does not speak TLS as we do; is it the HTTP port, or is the NVR too old for TLS 1.2?'
    : message.trim();
}
