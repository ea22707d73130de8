import type { RequestHandler } from 'express';
import { ClosedError, UntrustedCertificateError } from '../../shared/index.js';
import { cleanText, limits } from '../../shared/internal.js';
import { asError, codeOf } from '../errors.js';

/** What a user needs to see forms and lists, to make the server call an NVR, and to change what it believes. */
export const permission = { read: 'everfocus-nvr.read', write: 'everfocus-nvr.write', deploy: 'flows.write' } as const;

/** What the editor gets in place of an answer. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The certificate that was shown, where that is the problem, and the one that is trusted. */
  readonly fingerprint?: string;
  readonly trusted?: string | undefined;
}

/**
 * Answers a request with a JSON document, or with a {@link Problem} and status 422.
 *
 * @param read is told by a signal when nobody waits for the answer any more
 */
export function answer(
  read: (request: Parameters<RequestHandler>[0], left: AbortSignal) => Promise<unknown>,
): RequestHandler {
  return (request, response) => {
    const leaving = new AbortController();
    response.on('close', () => leaving.abort(new ClosedError('the browser has left')));
    Promise.resolve()
      .then(() => read(request, leaving.signal))
      .then((document) => response.json(document))
      .catch((error: unknown) => response.status(422).json(problemOf(error)));
  };
}

/** What is answered in place of what was asked for. */
export function problemOf(error: unknown): Problem {
  const shown =
    error instanceof UntrustedCertificateError ? { fingerprint: error.fingerprint, trusted: error.pinned } : {};
  return { code: codeOf(error), message: cleanText(asError(error).message, limits.text.line), ...shown };
}

/** Who asks. Without `adminAuth` all are one. */
export function userOf(request: object): string {
  const { user } = request as { readonly user?: { readonly username?: string } };
  return user?.username ?? '';
}
