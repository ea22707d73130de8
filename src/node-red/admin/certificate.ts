import type { NodeAPI } from 'node-red';
import { findNvr } from '../find-nvr.js';
import { answer, permission } from './answer.js';

/** What a deployed NVR's certificate must be. */
export interface CertificateReport {
  /** SHA-256, `AA:BB:…`; absent where none was seen yet, or a known authority signed it. */
  readonly trusted?: string | undefined;
}

/**
 * Serves the certificate that is trusted, and takes another in its place. That decides to whom the stored password goes,
 * so whoever confirms one must be allowed to deploy.
 */
export function serveCertificate(RED: NodeAPI): void {
  const path = '/everfocus-nvr/:id/certificate';
  const read = answer(async ({ params }): Promise<CertificateReport> => {
    return { trusted: await findNvr(RED, String(params['id'])).client().trustedCertificate() };
  });
  RED.httpAdmin.get(path, RED.auth.needsPermission(permission.read), read);

  const trust = answer(async ({ params, body }): Promise<CertificateReport> => {
    const { fingerprint = '' } = (body ?? {}) as { readonly fingerprint?: unknown };
    const client = findNvr(RED, String(params['id'])).client();
    await client.trustCertificate(typeof fingerprint === 'string' ? fingerprint : '');
    return { trusted: await client.trustedCertificate() };
  });
  RED.httpAdmin.post(
    path,
    RED.auth.needsPermission(permission.write),
    RED.auth.needsPermission(permission.deploy),
    trust,
  );
}
