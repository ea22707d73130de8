import { createHash, randomBytes } from 'node:crypto';

/** How one connection lets its user in: HTTP's digest, MD5 (RFC 2617, RFC 7616). */
export class DigestCheck {
  readonly #realm: string;
  readonly #nonce = randomBytes(16).toString('hex');

  constructor(realm: string) {
    this.#realm = realm;
  }

  /** `WWW-Authenticate` */
  get challenge(): string {
    return `Digest realm="${this.#realm}", nonce="${this.#nonce}", algorithm=MD5, qop="auth"`;
  }

  /**
   * Whether an `Authorization` answers the challenge.
   *
   * @param secretOf MD5(user:realm:password) of a user, `undefined` where there is none
   */
  accepts(authorization: string, method: string, secretOf: (username: string) => string | undefined): boolean {
    if (!/^digest /i.test(authorization)) return false;
    const fields = fieldsOf(authorization);
    const { username = '', nonce, uri = '', response = '', qop, nc = '', cnonce = '' } = fields;
    const secret = secretOf(username);
    if (secret === undefined || nonce !== this.#nonce || fields['realm'] !== this.#realm) return false;
    const action = md5(`${method}:${uri}`);
    // RFC 2617 keeps the door open for clients of RFC 2069, which know no qop; some players are such.
    const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
    return response.toLowerCase() === md5(`${secret}:${middle}:${action}`);
  }
}

function fieldsOf(header: string): Partial<Record<string, string>> {
  const pairs = header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? '']),
  );
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
