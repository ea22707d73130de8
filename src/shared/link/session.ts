import { randomBytes } from 'node:crypto';
import type { Timer } from '../clock.js';
import {
  ClosedError,
  LoginRejectedError,
  NotAnNvrError,
  type NvrError,
  NvrUnavailableError,
  ReplyTooLargeError,
  SessionLostError,
} from '../errors.js';
import { getLoginParameters, login, logout } from '../sdk/account.js';
import type { Operation, ReplyOf } from '../sdk/declaration.js';
import { CookieJar } from '../wire/cookie-jar.js';
import {
  type Challenge,
  DIGEST_URIS,
  type DigestAction,
  digestResponse,
  type DigestUri,
  NONCE_COUNT,
} from '../wire/digest.js';
import { loginOutcome, MANY_LOGINS, nextLoginStep, pauseBetweenLogins } from './login-policy.js';
import type { ClientSettings } from './options.js';
import { judgeReply, roomFor, type Verdict } from '../wire/reply.js';
import { buildRequest } from '../wire/request.js';
import { AnswerLost, type SendOptions, type Transport } from './transport.js';

/** ms */
const LOGIN_TIMEOUT = 10_000;
/** ms; leaving must not hold up whoever leaves. */
const LOGOUT_TIMEOUT = 1000;
/**
 * The login at one NVR (SDK 10.1–10.3): one at a time and shared by all who need it. Credentials that were never taken
 * are tried with each reading of the digest once and then not for a while, since the NVR's lock-out rules are not known.
 * A session that is given up is logged out, so that none pile up at the NVR.
 */
export class Session {
  readonly #transport: Transport;
  readonly #settings: ClientSettings;
  readonly #cookies: CookieJar;
  readonly #closing = new AbortController();
  /** Called where a login succeeds that was rejected before. */
  readonly #accepted: () => void;
  /** Readings of the digest that this round has not tried yet. */
  #readings: readonly DigestAction[];
  /** The one that worked. */
  #taken: readonly DigestAction[] = [];
  #login: Promise<void> | undefined;
  #open = false;
  /** The NVR has a session of ours, as far as we know. */
  #toLeave = false;
  #generation = 0;
  /** Until when no login is sent, and why. */
  #pause: { readonly until: number; readonly error: NvrError } | undefined;
  #rejections = 0;
  #failures = 0;
  /** When the last logins were sent, the newest first. */
  #logins: readonly number[] = [];
  #nextTry: Timer | undefined;

  /** @param accepted called where a login succeeds that was rejected before */
  constructor(transport: Transport, settings: ClientSettings, accepted: () => void) {
    this.#transport = transport;
    this.#settings = settings;
    this.#cookies = new CookieJar((limit, what) => settings.limits.hit(limit, 'cookies', what));
    this.#accepted = accepted;
    this.#readings = actionsOf(settings);
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
    this.#nextTry?.cancel();
    this.#closing.abort(new ClosedError('the client is closed'));
    this.#open = false;
    await this.#leave();
  }

  /** Logs out where that was not done; whether the NVR heard of it is its own business. */
  async #leave(): Promise<void> {
    if (!this.#toLeave) return;
    this.#toLeave = false;
    await this.#exchange(logout, {}, { timeout: LOGOUT_TIMEOUT }).catch(() => undefined);
    this.#cookies.clear();
  }

  async #logIn(): Promise<void> {
    const { clock, dialect } = this.#settings;
    const pause = pauseBetweenLogins(this.#logins.map((at) => clock.now() - at));
    if (pause > 0) {
      throw this.#wait(
        pause,
        new SessionLostError('the NVR ends each session soon; the next login follows in a minute'),
      );
    }
    // The one before, which is given up. Not later: an NVR without cookies could not tell it from the new one.
    await this.#leave();
    this.#closing.signal.throwIfAborted();
    const { loginUri } = await dialect.recall();
    const readings = remembered(this.#readings, loginUri);
    for (const [index, action] of readings.entries()) {
      const outcome = loginOutcome(await this.#attempt(action));
      const step = nextLoginStep({
        outcome: outcome.is,
        readingsLeft: readings.length - index - 1,
        rejections: this.#rejections,
        failures: this.#failures,
      });
      if (outcome.is === 'open') return this.#enter(action, outcome.temporary);
      if (outcome.is === 'rejected') this.#readings = this.#readings.filter((other) => other !== action);
      if (step.do !== 'wait') continue;
      const words = this.#settings.hide(outcome.words);
      if (outcome.is === 'rejected') throw this.#reject(words, step.ms);
      throw this.#later(new NvrUnavailableError(`the NVR lets nobody in now: ${words}`));
    }
  }

  #enter(action: DigestAction, temporary: boolean): void {
    this.#readings = this.#taken = [action];
    const uri = DIGEST_URIS.find((each) => action === actionOf(each));
    if (uri && !this.#settings.digest) void this.#settings.dialect.learn({ loginUri: uri });
    this.#open = this.#toLeave = true;
    this.#failures = this.#rejections = 0;
    this.#nextTry?.cancel();
    this.#generation += 1;
    if (temporary) this.#settings.advice.give('the NVR asks to change this temporary password soon');
  }

  /** The round is over: the next one comes by itself, and much later. */
  #reject(words: string, ms: number): NvrError {
    const { username, clock } = this.#settings;
    const known = this.#generation > 0;
    const tried = actionsOf(this.#settings);
    // Credentials that were taken once are asked about in the reading in which they were.
    this.#readings = known ? this.#taken : tried;
    this.#rejections += 1;
    this.#cookies.clear();
    this.#nextTry?.cancel();
    this.#nextTry = clock.after(ms, () => void this.#askAgain());
    return this.#wait(ms, known ? refusedAgain(username, words, ms) : refusedAtFirst(username, words, tried, ms));
  }

  /** Whoever waits for the login is told where it is taken; where the NVR cannot be asked, they find out by themselves. */
  async #askAgain(): Promise<void> {
    const rejections = this.#rejections;
    await this.ensure().catch(() => undefined);
    if (this.#rejections <= rejections && !this.#closing.signal.aborted) this.#accepted();
  }

  /** Nothing is wrong with the credentials: the next login follows soon. */
  #later(error: NvrError): NvrError {
    const { rejections, failures } = { rejections: this.#rejections, failures: this.#failures };
    const step = nextLoginStep({ outcome: 'later', readingsLeft: 0, rejections, failures });
    this.#failures += 1;
    return this.#wait(step.do === 'wait' ? step.ms : 0, error);
  }

  #wait(ms: number, error: NvrError): NvrError {
    this.#pause = { until: this.#settings.clock.now() + ms, error };
    return error;
  }

  /** One login. The GET and the POST share their cookies. */
  async #attempt(action: DigestAction): Promise<Verdict> {
    const { username, password, clock } = this.#settings;
    this.#cookies.clear();
    const options = { timeout: LOGIN_TIMEOUT, signal: this.#closing.signal };
    const challenge = await this.#challenge(options);
    const cnonce = randomBytes(16).toString('hex');
    const response = digestResponse(challenge, username, password, cnonce, action);
    this.#logins = [clock.now(), ...this.#logins].slice(0, MANY_LOGINS);
    try {
      // A connection of its own: on a kept one the answer might be lost, and with it a try.
      return await this.#exchange(
        login,
        { username, nc: NONCE_COUNT, cnonce, response },
        { ...options, freshConnection: true },
      );
    } catch (error) {
      // The NVR may have counted this try: the next one waits.
      throw error instanceof AnswerLost ? this.#later(error.reason) : error;
    }
  }

  async #challenge(options: Omit<SendOptions, 'roomFor'>): Promise<Challenge> {
    const verdict = await this.#exchange(getLoginParameters, {}, options).catch((error: unknown) => {
      throw error instanceof AnswerLost ? error.reason : error;
    });
    if (verdict.is === 'unavailable') throw new NvrUnavailableError(`login: ${verdict.words}`);
    if (verdict.is !== 'value') {
      const found = 'words' in verdict ? this.#settings.hide(verdict.words) : 'a web page';
      throw new NotAnNvrError(`login: got ${found} where SDK 10.1 promises a challenge; is this an EverFocus NVR?`);
    }
    const challenge = verdict.value as ReplyOf<typeof getLoginParameters>;
    if (challenge.change_pwd === 'first')
      this.#settings.advice.give('the NVR asks to change the password of this user');
    return { realm: challenge.realm, nonce: challenge.nonce, qop: 'auth' };
  }

  async #exchange(
    operation: Operation,
    params: Readonly<Record<string, unknown>>,
    options: Omit<SendOptions, 'roomFor'>,
  ): Promise<Verdict> {
    const wire = buildRequest(operation, params);
    try {
      const reply = await this.#transport.send(
        { ...wire, headers: { ...wire.headers, ...this.headers } },
        { ...options, roomFor: (status, head) => roomFor(operation.reply, status, head) },
      );
      this.#cookies.store(reply.setCookies);
      // A challenge is one whatever the status: some send it with 401, as HTTP's own digest does.
      const status = operation === getLoginParameters && reply.status === 401 ? 200 : reply.status;
      return judgeReply(operation, { ...reply, status });
    } catch (error) {
      if (!(error instanceof ReplyTooLargeError)) throw error;
      const { message, limit = 'reply.outcome' } = error;
      this.#settings.limits.hit(limit, operation.id, `${message}; it is refused`);
      throw new ReplyTooLargeError(`${operation.id}: ${message}`, limit);
    }
  }
}

function actionOf(uri: DigestUri): DigestAction {
  return `POST:${uri}`;
}

/** Readings of the digest, two at most: each is a try that the NVR may count. */
function actionsOf({ digest }: ClientSettings): readonly DigestAction[] {
  return digest ? [digest] : DIGEST_URIS.map(actionOf);
}

/** The one that worked before goes first. */
function remembered(actions: readonly DigestAction[], uri: DigestUri | undefined): readonly DigestAction[] {
  const first = uri && actionOf(uri);
  return first && actions.includes(first) ? [first, ...actions.filter((action) => action !== first)] : actions;
}

/** They were right before: most likely too many sessions, or a lock-out that somebody else caused. */
function refusedAgain(username: string, words: string, ms: number): NvrError {
  return new SessionLostError(
    `the NVR took user "${username}" before but rejects the login now (${words}); the next try follows after ` +
      `${minutes(ms)}. Where the password was changed at the NVR, change it in the configuration too`,
  );
}

function refusedAtFirst(username: string, words: string, tried: readonly DigestAction[], ms: number): NvrError {
  return new LoginRejectedError(
    `the NVR rejected user "${username}" (${words}); check user name and password, and at the NVR whether this user may ` +
      `log in remotely or is locked out. The digest was that of ${tried.join(' and of ')}: where a browser takes the same ` +
      `account, please report that. The next try follows after ${minutes(ms)}, or when the configuration changes`,
  );
}

function minutes(ms: number): string {
  const count = Math.round(ms / 60_000);
  return count === 1 ? '1 minute' : `${count} minutes`;
}
