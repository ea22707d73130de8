import { createHash } from 'node:crypto';
import type { Bundle, Exchange } from './bundle.js';

/** What a client asks. */
export interface Question {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: string;
}

const LOGIN = '/admin/login';
/** What the digest of a login may be made of; the document does not say. */
const LOGIN_URIS = ['/admin/login', '/login'];

/** Finds out what a capture answers. */
export class Answers {
  readonly #bundle: Bundle;
  /** How often each was given. */
  readonly #given = new Map<string, number>();
  #challenge: Challenge = { realm: '', nonce: '' };

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  /**
   * The answer of the capture to the same question; else to the same but for its times and the session of a playback, or for
   * more than is asked. What was answered several times is answered in that order, and the last stays.
   */
  to(question: Question): Exchange | undefined {
    const { method, path } = question;
    const bare = bareOf(path);
    const alike = this.#bundle.exchanges.filter((one) => one.method === method && bareOf(one.path) === bare);
    if (method === 'POST' && bare === LOGIN) return this.#login(alike, question.body);
    const asked = fieldsOf(question);
    const candidates = [
      alike.filter((one) => same(fieldsOf(one), asked)),
      alike.filter((one) => covers(fieldsOf(one), asked)),
    ].find((some) => some.length > 0);
    if (!candidates) return undefined;
    const key = `${method} ${path} ${question.body}`;
    const given = this.#given.get(key) ?? 0;
    // Questions come from anybody.
    if (this.#given.size < MOST) this.#given.set(key, given + 1);
    const answer = candidates[Math.min(given, candidates.length - 1)];
    if (bare === LOGIN) this.#challenge = challengeIn(answer) ?? this.#challenge;
    return answer;
  }

  /**
   * Any password will do, as nobody knows the right one. Where it is the one of the capture, it can be told which URI the
   * digest was made of: another one than this recorder's is rejected, as it rejected it.
   */
  #login(logins: readonly Exchange[], body: string): Exchange | undefined {
    const { account, dialect } = this.#bundle;
    const { username, cnonce, nc, response } = fieldsOf({ path: '', body });
    const { realm, nonce } = this.#challenge;
    const secret = md5(`${String(username)}:${realm}:${account.password}`);
    const uri = LOGIN_URIS.find(
      (one) => response === md5(`${secret}:${nonce}:${String(nc)}:${String(cnonce)}:auth:${md5(`POST:${one}`)}`),
    );
    const isRight = uri === undefined || uri === (dialect.loginUri ?? LOGIN);
    return isRight || logins.length < 2 ? logins.at(-1) : logins[0];
  }
}

/** Different questions that are counted. */
const MOST = 2000;

interface Challenge {
  readonly realm: string;
  readonly nonce: string;
}

function challengeIn(answer: Exchange | undefined): Challenge | undefined {
  if (!answer || !('reply' in answer) || !('text' in answer.reply)) return undefined;
  const { text } = answer.reply;
  const field = (name: string) =>
    new RegExp(`${name}\\\\?["'”]?\\s*:\\s*\\\\?["'“]([^"'”\\\\]*)`).exec(text)?.[1] ?? '';
  return { realm: field('realm'), nonce: field('nonce') };
}

function bareOf(path: string): string {
  return path.split('?', 1).join();
}

type Fields = Readonly<Record<string, unknown>>;

/** Query and body as one. */
function fieldsOf({ path, body = '' }: { readonly path: string; readonly body?: string | undefined }): Fields {
  const query = Object.fromEntries(new URLSearchParams(path.slice(bareOf(path).length)));
  try {
    const sent: unknown = JSON.parse(body);
    return { ...query, ...(Array.isArray(sent) ? { body: sent } : (sent as Fields)) };
  } catch {
    return query;
  }
}

function same(one: Fields, other: Fields): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Whether an answer to the first answers the second, too, whatever time and session that is about. */
function covers(known: Fields, asked: Fields): boolean {
  return Object.entries(asked).every(([name, value]) => {
    if (/time$|^session$/i.test(name)) return true;
    const had = known[name];
    if (!Array.isArray(value) || !Array.isArray(had)) return same({ had }, { had: value });
    const texts = new Set(had.map((item) => JSON.stringify(item)));
    return value.every((item) => texts.has(JSON.stringify(item)));
  });
}

function sorted(fields: Fields): readonly unknown[] {
  return Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
