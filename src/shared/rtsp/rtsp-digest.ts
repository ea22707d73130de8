import { randomBytes } from 'node:crypto';
import { md5 } from '../wire/digest.js';

/** What the NVR wants to be answered (RFC 2617 section 3.2.1). */
export interface RtspChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** Whether it offers `qop="auth"`; an NVR without it knows RFC 2069 only. */
  readonly auth: boolean;
}

/** The MD5 digest challenge among `WWW-Authenticate` fields; other ways to log in would show the password. */
export function readChallenge(fields: readonly string[]): RtspChallenge | undefined {
  for (const field of fields) {
    const [, parameters] = /\bdigest\s+(.*)$/i.exec(field) ?? [];
    if (parameters === undefined) continue;
    const { realm, nonce, opaque, qop, algorithm = 'MD5' } = readParameters(parameters);
    if (realm === undefined || nonce === undefined || algorithm.toUpperCase() !== 'MD5') continue;
    const auth = qop?.split(',').some((choice) => choice.trim() === 'auth') ?? false;
    return { realm, nonce, opaque, auth };
  }
  return undefined;
}

export interface RtspLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * `Authorization` for one request (RFC 2617 section 3.2.2).
 *
 * @param count of requests with that nonce, this one included
 */
export function answerChallenge(
  { realm, nonce, opaque, auth }: RtspChallenge,
  { username, password }: RtspLogin,
  method: string,
  uri: string,
  count: number,
): string {
  const secret = md5(`${username}:${realm}:${password}`);
  const action = md5(`${method}:${uri}`);
  const fields = [quoted('username', username), quoted('realm', realm), quoted('nonce', nonce), quoted('uri', uri)];
  if (auth) {
    const nc = count.toString(16).padStart(8, '0');
    const cnonce = randomBytes(8).toString('hex');
    const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${action}`);
    fields.push(`qop=auth`, `nc=${nc}`, quoted('cnonce', cnonce), quoted('response', response));
  } else {
    fields.push(quoted('response', md5(`${secret}:${nonce}:${action}`)));
  }
  if (opaque !== undefined) fields.push(quoted('opaque', opaque));
  return `Digest ${fields.join(', ')}`;
}

function quoted(name: string, value: string): string {
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
}

function readParameters(text: string): Partial<Record<string, string>> {
  const pairs = text.matchAll(/(?<!\w)(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', quote, bare]) => [name.toLowerCase(), quote?.replace(/\\(.)/g, '$1') ?? bare ?? '']),
  );
}
