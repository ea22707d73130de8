import { randomBytes } from 'node:crypto';
import { ClosedError, LoginRejectedError, type NvrError, NvrUnavailableError, SessionLostError } from '../errors.js';
import { getLoginParameters, login, logout } from '../sdk/account.js';
import type { Operation, ReplyOf } from '../sdk/declaration.js';
import { CookieJar } from '../wire/cookie-jar.js';
import { type Challenge, DIGEST_URIS, type DigestUri, digestResponse, NONCE_COUNT } from '../wire/digest.js';
import { loginOutcome } from './login-policy.js';
import type { ClientSettings } from './options.js';
import { judgeReply, type Verdict } from '../wire/reply.js';
import { buildRequest } from '../wire/request.js';
import { AnswerLost, type SendOptions, type Transport } from './transport.js';

/** ms */
const LOGIN_TIMEOUT = 10_000;
/** ms; leaving must not hold up whoever leaves. */
const LOGOUT_TIMEOUT = 1000;
/** Longest pause between logins that the NVR did not take, ms. The first is 1 s, and each is twice the one before. */
const MAX_PAUSE = 60_000;
/** Pause after a rejection by an NVR that has taken the same credentials before, ms: its lock-out must be able to end. */
const REJECTED_PAUSE = 5 * 60_000;

/**
 * The login at one NVR (SDK 10.1–10.3): one at a time and shared by all who need it. Credentials that were never taken
 * are tried with each reading of the digest once and then no more, since the NVR's lock-out rules are not known.
 */
export class Session {
  readonly #transport: Transport;
  readonly #settings: ClientSettings;
  readonly #cookies = new CookieJar();
  readonly #closing = new AbortController();
  /** Readings of the document that are still worth a try; after a success the one that worked. */
  #uris: readonly DigestUri[] = DIGEST_URIS;
  #login: Promise<void> | undefined;
  #open = false;
  #generation = 0;
  #rejected: LoginRejectedError | undefined;
  /** Until when no login is sent, and why. */
  #pause: { readonly until: number; readonly error: NvrError } | undefined;
  #failures = 0;
  #advised = false;

  constructor(transport: Transport, settings: ClientSettings) {
    this.#transport = transport;
    this.#settings = settings;
  }

  /** Header fields that carry the session. */
  get headers(): Readonly<Record<string, string>> {
    return this.#cookies.headers;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Counts logins: whoever found the session lost says which one it was. */
  get generation(): number {
    return this.#generation;
  }

  /** Takes the cookies of a reply to a request of that session, since the NVR may renew them. */
  store(setCookies: readonly string[], generation: number): void {
    if (generation === this.#generation && !this.#login) this.#cookies.store(setCookies);
  }

  /** Waits for a session. @throws {@link LoginRejectedError} or what keeps the NVR from being reached */
  async ensure(): Promise<void> {
    this.#closing.signal.throwIfAborted();
    if (this.#rejected) throw this.#rejected;
    if (this.#open) return;
    if (this.#pause && this.#settings.clock.now() < this.#pause.until) throw this.#pause.error;
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    await this.#login;
  }

  /** Says that the session of that generation is gone: the next who needs one logs in. */
  lose(generation: number): void {
    if (generation === this.#generation) this.#open = false;
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
    let words = '';
    const { loginUri } = await this.#settings.dialect.recall();
    for (const uri of remembered(this.#uris, loginUri)) {
      const outcome = loginOutcome(await this.#attempt(uri));
      if (outcome.is === 'open') {
        this.#uris = [uri];
        void this.#settings.dialect.learn({ loginUri: uri });
        this.#open = true;
        this.#failures = 0;
        this.#generation += 1;
        if (outcome.temporary) this.#advise('the NVR asks to change this temporary password soon');
        return;
      }
      words = this.#settings.hide(outcome.words);
      if (outcome.is === 'later') throw this.#wait(new NvrUnavailableError(`the NVR lets nobody in now: ${words}`));
      if (this.#generation === 0) this.#uris = this.#uris.filter((other) => other !== uri);
    }
    this.#cookies.clear();
    throw this.#generation > 0 ? this.#refusedAgain(words) : this.#refusedForGood(words);
  }

  /** They were right before: most likely too many sessions, or a lock-out that somebody else caused. */
  #refusedAgain(words: string): NvrError {
    const error = new SessionLostError(
      `the NVR took user "${this.#settings.username}" before but rejects the login now (${words}); next try in 5 minutes. ` +
        'Where the password was changed at the NVR, change it in the configuration too',
    );
    return this.#wait(error, REJECTED_PAUSE);
  }

  #refusedForGood(words: string): NvrError {
    this.#rejected = new LoginRejectedError(
      `the NVR rejected user "${this.#settings.username}" (${words}); check user name and password, and at the NVR ` +
        'whether this user may log in remotely or is locked out. No further try is made until the configuration changes.',
    );
    return this.#rejected;
  }

  #wait(error: NvrError, ms = Math.min(MAX_PAUSE, 1000 * 2 ** this.#failures)): NvrError {
    this.#failures += 1;
    this.#pause = { until: this.#settings.clock.now() + ms, error };
    return error;
  }

  /** One login. The GET and the POST share their cookies. */
  async #attempt(uri: DigestUri): Promise<Verdict> {
    const { username, password } = this.#settings;
    this.#cookies.clear();
    const options = { timeout: LOGIN_TIMEOUT, signal: this.#closing.signal };
    const challenge = await this.#challenge(options);
    const cnonce = randomBytes(16).toString('hex');
    const response = digestResponse(challenge, username, password, cnonce, uri);
    try {
      // A connection of its own: on a kept one the answer might be lost, and with it a try.
      return await this.#exchange(
        login,
        { username, nc: NONCE_COUNT, cnonce, response },
        { ...options, freshConnection: true },
      );
    } catch (error) {
      // The NVR may have counted this try: the next one waits.
      throw error instanceof AnswerLost ? this.#wait(error.reason) : error;
    }
  }

  async #challenge(options: SendOptions): Promise<Challenge> {
    const verdict = await this.#exchange(getLoginParameters, {}, options).catch((error: unknown) => {
      throw error instanceof AnswerLost ? error.reason : error;
    });
    if (verdict.is === 'unavailable') throw new NvrUnavailableError(`login: ${verdict.words}`);
    if (verdict.is !== 'value') {
      const found = 'words' in verdict ? this.#settings.hide(verdict.words) : 'a web page';
      throw new SessionLostError(`login: got ${found} where SDK 10.1 promises a challenge; is this an EverFocus NVR?`);
    }
    const challenge = verdict.value as ReplyOf<typeof getLoginParameters>;
    if (challenge.change_pwd === 'first') this.#advise('the NVR asks to change the password of this user');
    return { realm: challenge.realm, nonce: challenge.nonce, qop: 'auth' };
  }

  #advise(advice: string): void {
    if (!this.#advised) this.#settings.logger.warn(advice);
    this.#advised = true;
  }

  async #exchange(
    operation: Operation,
    params: Readonly<Record<string, unknown>>,
    options: SendOptions,
  ): Promise<Verdict> {
    const wire = buildRequest(operation, params);
    const reply = await this.#transport.send({ ...wire, headers: { ...wire.headers, ...this.headers } }, options);
    this.#cookies.store(reply.setCookies);
    // A challenge is one whatever the status: some send it with 401, as HTTP's own digest does.
    const status = operation === getLoginParameters && reply.status === 401 ? 200 : reply.status;
    return judgeReply(operation, { ...reply, status });
  }
}

/** The one that worked before goes first. */
function remembered(uris: readonly DigestUri[], first: DigestUri | undefined): readonly DigestUri[] {
  return first && uris.includes(first) ? [first, ...uris.filter((uri) => uri !== first)] : uris;
}
