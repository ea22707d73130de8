import type { Verdict } from '../wire/reply.js';

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
