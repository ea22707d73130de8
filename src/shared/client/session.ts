import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { ClosedError, LoginRejectedError, type NvrError, NvrRefusedError, SessionLostError } from '../errors.js';
import type { Logger } from '../logger.js';
import { getLoginParameters, login, logout } from '../sdk/account.js';
import type { Operation, ReplyOf } from '../sdk/declaration.js';
import { CookieJar } from './cookie-jar.js';
import { DIGEST_URIS, type DigestUri, NONCE_COUNT, digestResponse } from './digest.js';
import { type Verdict, judgeReply } from './reply.js';
import { buildRequest } from './request.js';
import { AnswerLost, type SendOptions, type Transport } from './transport.js';

/** ms */
const LOGIN_TIMEOUT = 10_000;
/** ms; leaving must not hold up whoever leaves. */
const LOGOUT_TIMEOUT = 1000;

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The login at one NVR (SDK 10.1–10.3): one at a time, shared by all who need it, and never tried again after the NVR
 * has rejected the credentials, since its lock-out rules are not known.
 */
export class Session {
  readonly #transport: Transport;
  readonly #credentials: Credentials;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #cookies = new CookieJar();
  #login: Promise<void> | undefined;
  #open = false;
  /** Readings of the document that are still worth a try; after a success the one that worked. */
  #uris: readonly DigestUri[] = DIGEST_URIS;
  #advised = false;
  readonly #closing = new AbortController();
  #rejected: LoginRejectedError | undefined;
  #generation = 0;

  constructor(transport: Transport, credentials: Credentials, logger: Logger, clock: Clock) {
    this.#transport = transport;
    this.#credentials = credentials;
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Header fields that carry the session. */
  get headers(): Readonly<Record<string, string>> {
    return this.#cookies.headers;
  }

  /** Counts logins: whoever found the session lost says which one it was. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes the cookies of any reply, since the NVR may renew them. */
  store(setCookies: readonly string[]): void {
    this.#cookies.store(setCookies, this.#clock.now());
  }

  /** Waits for a session. @throws {@link LoginRejectedError} or what keeps the NVR from being reached */
  async ensure(): Promise<void> {
    this.#closing.signal.throwIfAborted();
    if (this.#rejected) throw this.#rejected;
    if (this.#open) return;
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    await this.#login;
  }

  /** Says that the session of that generation is gone, and waits for a new one; the login is shared. */
  async renew(lost: number): Promise<void> {
    if (lost === this.#generation) this.#open = false;
    await this.ensure();
  }

  /** Logs out, within a short limit. */
  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the client is closed'));
    if (!this.#open) return;
    this.#open = false;
    await this.#exchange(logout, {}, { timeout: LOGOUT_TIMEOUT }).catch(() => undefined);
    this.#cookies.clear();
  }

  async #logIn(): Promise<void> {
    let reason: string | undefined;
    for (const uri of this.#uris) {
      reason = await this.#attempt(uri);
      this.#uris = reason === undefined ? [uri] : this.#uris.filter((other) => other !== uri);
      if (reason !== undefined) continue;
      this.#open = true;
      this.#generation += 1;
      return;
    }
    this.#cookies.clear();
    this.#rejected = new LoginRejectedError(
      `the NVR rejected user "${this.#credentials.username}" (${reason}); check user name and password, and at the NVR ` +
        'whether this user may log in remotely or is locked out. No further try is made until the configuration changes.',
    );
    throw this.#rejected;
  }

  /** One login; returns the NVR's reason where it rejected. The GET and the POST share their cookies. */
  async #attempt(uri: DigestUri): Promise<string | undefined> {
    const { username, password } = this.#credentials;
    this.#cookies.clear();
    const options = { timeout: LOGIN_TIMEOUT, signal: this.#closing.signal };
    const challenge = valueOf(getLoginParameters, await this.#exchange(getLoginParameters, {}, options));
    if (challenge.change_pwd) this.#advise('the NVR asks to change the password of its users');
    const cnonce = randomBytes(16).toString('hex');
    const response = digestResponse({ qop: 'auth', ...challenge }, username, password, cnonce, uri);
    const verdict = await this.#exchange(login, { username, nc: NONCE_COUNT, cnonce, response }, options);
    if (verdict.is === 'session-lost' && verdict.certain) return 'no reason given';
    if (verdict.is === 'error' && verdict.error instanceof NvrRefusedError) {
      return verdict.error.description || 'no reason given';
    }
    const reply = valueOf(login, verdict);
    if (reply['option'] === 'needToChangePasswd') this.#advise('the NVR asks to change this temporary password soon');
    return undefined;
  }

  #advise(advice: string): void {
    if (!this.#advised) this.#logger.warn(advice);
    this.#advised = true;
  }

  async #exchange(
    operation: Operation,
    params: Readonly<Record<string, unknown>>,
    options: SendOptions,
  ): Promise<Verdict> {
    const wire = buildRequest(operation, params);
    try {
      const reply = await this.#transport.send({ ...wire, headers: { ...wire.headers, ...this.headers } }, options);
      this.store(reply.setCookies);
      return judgeReply(operation, reply);
    } catch (error) {
      throw error instanceof AnswerLost ? error.reason : error;
    }
  }
}

function valueOf<O extends Operation>(operation: O, verdict: Verdict): ReplyOf<O> {
  if (verdict.is === 'value') return verdict.value as ReplyOf<O>;
  throw verdict.is === 'error' ? verdict.error : unanswered(operation);
}

function unanswered({ section }: Operation): NvrError {
  return new SessionLostError(`the NVR did not let us log in: it answered something else than SDK ${section} says`);
}
