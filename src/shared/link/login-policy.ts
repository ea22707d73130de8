import type { Verdict } from '../wire/reply.js';

/** ms until credentials that the NVR rejected are tried again, by how often in a row: its lock-out must be able to end. */
const REJECTED_PAUSES = [60_000, 10 * 60_000, 60 * 60_000] as const;
/** Longest pause (ms) after logins that the NVR did not take for other reasons; the first is 1 s, then twice as long each. */
const MAX_PAUSE = 60_000;

/** Logins within 10 minutes after which the next ones are a minute apart: sessions do not last at this NVR. */
export const MANY_LOGINS = 10;
/** ms */
const LOGIN_WINDOW = 10 * 60_000;
/** ms */
const SLOW_LOGINS = 60_000;

/** What the last logins came to. */
export interface LoginFacts {
  readonly outcome: LoginOutcome['is'];
  /** Readings of the digest that this round has not tried yet. */
  readonly readingsLeft: number;
  /** Rounds in a row that ended in a rejection, before this one. */
  readonly rejections: number;
  /** Logins in a row that were not taken for other reasons, before this one. */
  readonly failures: number;
}

/** What to do then: enter, try the next reading of the digest, or wait so many ms before the next round. */
export type LoginStep =
  { readonly do: 'enter' } | { readonly do: 'try-next' } | { readonly do: 'wait'; readonly ms: number };

/** A rejection uses up one reading of the digest; once all are used up, the round ends, and the next comes much later. */
export function nextLoginStep({ outcome, readingsLeft, rejections, failures }: LoginFacts): LoginStep {
  switch (outcome) {
    case 'open':
      return { do: 'enter' };
    case 'later':
      return { do: 'wait', ms: Math.min(MAX_PAUSE, 1000 * 2 ** failures) };
    case 'rejected':
      if (readingsLeft > 0) return { do: 'try-next' };
      return { do: 'wait', ms: REJECTED_PAUSES[rejections] ?? REJECTED_PAUSES[2] };
  }
}

/**
 * ms until the next login may be sent, so that clients which end each other's sessions do not do so without end. No
 * longer than a minute, however often that was: these logins were taken, so that no lock-out threatens, each brings
 * events and pictures as long as it lasts, and once the other client has gone, nobody has to wait for an hour. What a
 * lacking right looks like is held back by `refusal-policy.ts`.
 *
 * @param logins ms since each of the last logins, the newest first
 */
export function pauseBetweenLogins(logins: readonly number[]): number {
  const [newest] = logins;
  const many = logins.filter((age) => age < LOGIN_WINDOW).length >= MANY_LOGINS;
  return many && newest !== undefined ? Math.max(0, SLOW_LOGINS - newest) : 0;
}

/** What the answer to a login means. */
export type LoginOutcome =
  | { readonly is: 'open'; readonly temporary: boolean }
  /** This try is used up. */
  | { readonly is: 'rejected'; readonly words: string }
  /** Nothing is wrong with the credentials as far as one can tell: the NVR lets nobody in just now. */
  | { readonly is: 'later'; readonly words: string };

/**
 * Whatever is neither OK nor a sign that the NVR is busy uses a try up: an answer that is not understood may be a
 * rejection in other words, and trying on could lock the user out.
 */
export function loginOutcome(verdict: Verdict): LoginOutcome {
  switch (verdict.is) {
    case 'value':
      return { is: 'open', temporary: field(verdict.value, 'option') === 'needToChangePasswd' };
    case 'unavailable':
      return { is: 'later', words: verdict.words };
    case 'web-page':
      return { is: 'rejected', words: 'it answered with a web page' };
    case 'no-session':
    case 'refused':
    case 'invalid':
      return { is: isBusy(verdict.words) ? 'later' : 'rejected', words: verdict.words || 'no reason given' };
  }
}

function isBusy(words: string): boolean {
  return /\bbusy\b|too many|\bmax(imum)?\b|\bnot ready\b|initiali[sz]ing|starting/i.test(words);
}

function field(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name];
}
