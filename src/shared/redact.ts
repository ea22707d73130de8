import { cleanText, ELLIPSIS } from './clean-text.js';
import { limits } from './limits.js';
import type { Logger } from './logger.js';

const HIDDEN = '***';

/** What stands in quotes, which may hold anything; they may be cut off. */
const quoted = [
  String.raw`"(?:[^"\\]|\\[^])*(?:"|\\?$)`,
  String.raw`'(?:[^'\\]|\\[^])*(?:'|\\?$)`,
  '“[^”]*(?:”|$)',
  // JSON within a text: where its quotes end is not worth a guess.
  String.raw`\\+["'][^\r\n]*`,
].join('|');
/** A value behind a name: in quotes, a list or object, or up to the next separator. */
const value = String.raw`(${quoted}|[[{][^\]}]*[\]}]?|[^\s"',&}]+)`;
const names = 'pass(?:word|wd)?|pwd|token|secret|response|c?nonce|session_?(?:id)?|srtp_?key|srtp_?salt';

const patterns: readonly (readonly [RegExp, string])[] = [
  // Private keys (SDK 8.3), also ones that are cut off.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----(?:(?!-----)[^])*(-----END [A-Z ]*-----)?/g, HIDDEN],
  // Header fields, to the end of the line.
  [/\b((?:set-)?cookie|authorization)(["']?\s*[:=]\s*)[^\r\n]+/gi, `$1$2${HIDDEN}`],
  // Fields of requests and replies: passwords, login answers, sessions, SRTP keys.
  [new RegExp(String.raw`\b(\w*(?:${names}))(\\*["'”]?\s*[:=]\s*)${value}`, 'gi'), `$1$2${HIDDEN}`],
  [new RegExp(String.raw`<(\w*(?:${names}))>[^<]*`, 'gi'), `<$1>${HIDDEN}`],
];

/** UTF-16 units that are looked through at most: whatever is shown to anybody is shorter. */
const LONGEST = 8 * 1024;

/** The beginning of the text, without passwords, cookies, session ids, keys and credentials in URLs, nor any of the given secrets. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text.length > LONGEST ? cutOff(text, secrets) : text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) {
      result = withoutBeginning(result.replaceAll(form, HIDDEN), form);
    }
  }
  result = result.replace(/\S+/g, withoutCredentials);
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return result;
}

/** UTF-16 units of a secret, or of its beginning, that can be told from a word. */
const SHORTEST = 3;
/** Cuts that are looked at in one text: there is one, or one for each name in it. */
const CUTS = 64;

/** Without what is left of a secret where a text was cut within it before. */
function withoutBeginning(text: string, secret: string): string {
  let result = text;
  let cut = result.length;
  for (let looks = 0; looks < CUTS; looks += 1) {
    cut = result.lastIndexOf(ELLIPSIS, cut - 1);
    if (cut < SHORTEST) break;
    let length = Math.min(secret.length - 1, cut);
    while (length >= SHORTEST && !result.startsWith(secret.slice(0, length), cut - length)) length -= 1;
    if (length >= SHORTEST) result = result.slice(0, cut - length) + HIDDEN + result.slice(cut);
  }
  return result;
}

/** A secret that the cut goes through could not be told any more. */
function cutOff(text: string, secrets: readonly string[]): string {
  const beginning = text.slice(0, LONGEST);
  const started = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .map((secret) => {
      let length = Math.min(secret.length - 1, LONGEST);
      while (length > 0 && !beginning.endsWith(secret.slice(0, length))) length -= 1;
      return length;
    });
  return beginning.slice(0, LONGEST - Math.max(0, ...started));
}

/** A URL's credentials end at its last at-sign: a password may hold slashes and at-signs itself. */
function withoutCredentials(word: string): string {
  const from = word.indexOf('://') + 3;
  const to = word.lastIndexOf('@');
  return from >= 3 && word.slice(from, Math.max(from, to)).includes(':')
    ? `${word.slice(0, from)}${HIDDEN}${word.slice(to)}`
    : word;
}

/** A logger that never writes a secret, and whatever it is told on one line of bounded length. */
export function redactingLogger(logger: Logger, secrets: readonly string[]): Logger {
  const safe = (message: string) => cleanText(redact(message, secrets), limits.text.line);
  return {
    debug: (message) => logger.debug(safe(message)),
    info: (message) => logger.info(safe(message)),
    warn: (message) => logger.warn(safe(message)),
    error: (message) => logger.error(safe(message)),
  };
}
