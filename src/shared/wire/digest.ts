import { createHash } from 'node:crypto';

/** What the NVR gives for a login (SDK 10.1). */
export interface Challenge {
  readonly realm: string;
  readonly qop: string;
  readonly nonce: string;
}

/** The URI that goes into HA2: the document does not name it, so both are tried, in this order. */
export const DIGEST_URIS = ['/admin/login', '/login'] as const;
export type DigestUri = (typeof DIGEST_URIS)[number];

/** Method and URI that go into HA2, such as `POST:/admin/login`. */
export type DigestAction = `${'GET' | 'POST'}:${string}`;

/** Whether a text is one. */
export function isDigestAction(text: unknown): text is DigestAction {
  return typeof text === 'string' && /^(GET|POST):[!-~]{1,200}$/.test(text);
}

/** One login per nonce: the count never moves. */
export const NONCE_COUNT = '00000001';

/** Digest response (RFC 2617, section 3.2.2, MD5). */
export function digestResponse(
  challenge: Challenge,
  username: string,
  password: string,
  cnonce: string,
  action: DigestAction,
): string {
  const ha1 = md5(`${username}:${challenge.realm}:${password}`);
  const ha2 = md5(action);
  return md5(`${ha1}:${challenge.nonce}:${NONCE_COUNT}:${cnonce}:${challenge.qop}:${ha2}`);
}

/** In lower-case hexadecimal. */
export function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
