import { createHash, randomBytes } from 'node:crypto';
import type { Accounts } from './accounts.js';
import { WrongLogin } from './refusal.js';
import type { Right } from './rights.js';

export interface DigestAnswer {
  readonly username: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly response: string;
}

/** Wrong passwords until the account is locked, with the fault `lockout`. */
const LOCKOUT_AFTER = 3;
/** Challenges that nobody answered are forgotten, oldest first. */
const MAX_CHALLENGES = 100;

/** Sessions likewise. */
const MAX_SESSIONS = 10_000;

const WRONG = 'wrong user name or password';

export const REALM = 'xnvr';
export const QOP = 'auth';

/** Who may call: the digest login of SDK 10.1–10.3 as sdk-readings has it. A visitor is known by the id in its cookie. */
export class Sessions {
  readonly #accounts: Accounts;
  readonly #nonces = new Map<string, string>();
  /** Accounts by visitor. */
  readonly #open = new Map<string, number>();
  /** Logins tried, right or wrong. */
  attempts = 0;
  /** Logins rejected. */
  failures = 0;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** A nonce for one login by that visitor. */
  challenge(visitor: string): string {
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.delete(visitor);
    this.#nonces.set(visitor, nonce);
    const [oldest] = this.#nonces.keys();
    if (this.#nonces.size > MAX_CHALLENGES && oldest !== undefined) this.#nonces.delete(oldest);
    return nonce;
  }

  /**
   * Checks the answer of that visitor to its challenge, which is used up either way.
   * @param rules faults that change what is right
   * @returns the account
   * @throws {@link WrongLogin} where the answer is wrong
   */
  login(visitor: string | undefined, answer: DigestAnswer, rules: LoginRules): number {
    this.attempts += 1;
    const nonce = visitor === undefined ? undefined : this.#nonces.get(visitor);
    if (visitor !== undefined) this.#nonces.delete(visitor);
    const reason = this.#objection(nonce, answer, rules);
    const account = this.#accounts.named(answer.username);
    if (account && reason === undefined) return account.userID;
    this.failures += 1;
    throw new WrongLogin(reason ?? WRONG);
  }

  #objection(nonce: string | undefined, answer: DigestAnswer, rules: LoginRules): string | undefined {
    if (rules.rejectLogin) return 'login is not allowed';
    if (rules.lockout && this.failures >= LOCKOUT_AFTER) return 'account is locked';
    if (nonce === undefined) return 'no login parameters were asked for';
    if (answer.nc !== '00000001') return `nc=${answer.nc}: must be 00000001`;
    const action = md5(`POST:${rules.shortLoginUri ? '/login' : '/admin/login'}`);
    const secret = this.secretOf(answer.username);
    const response = md5(`${secret}:${nonce}:${answer.nc}:${answer.cnonce}:${QOP}:${action}`);
    return secret !== undefined && answer.response.toLowerCase() === response ? undefined : WRONG;
  }

  /** MD5(user:realm:password) of a user, with which RTSP checks each request; `undefined` where there is no such user. */
  secretOf(username: string): string | undefined {
    const account = this.#accounts.named(username);
    return account && md5(`${username}:${REALM}:${account.password}`);
  }

  open(visitor: string, userID: number): void {
    this.#open.set(visitor, userID);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_SESSIONS && oldest !== undefined) this.#open.delete(oldest);
  }

  isOpen(visitor: string | undefined): boolean {
    return visitor !== undefined && this.#open.has(visitor);
  }

  /** Sessions that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether whoever opened that session has a right. */
  allows(visitor: string | undefined, right: Right | undefined): boolean {
    const userID = visitor === undefined ? undefined : this.#open.get(visitor);
    if (right === undefined || userID === undefined) return true;
    return this.#accounts.get(userID).permissions[right] !== false;
  }

  close(visitor: string | undefined): void {
    if (visitor !== undefined) this.#open.delete(visitor);
  }

  /** Ends every session of an account. */
  endOf(userID: number): void {
    for (const [visitor, other] of this.#open) if (other === userID) this.#open.delete(visitor);
  }

  /** As a restart does. */
  forget(): void {
    this.#open.clear();
    this.#nonces.clear();
  }
}

export interface LoginRules {
  readonly rejectLogin: boolean;
  readonly lockout: boolean;
  readonly shortLoginUri: boolean;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
