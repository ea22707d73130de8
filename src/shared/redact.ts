import type { Logger } from './logger.js';

const HIDDEN = '***';

/** A value behind a name: in quotes, which may hold anything, or up to the next separator. */
const value = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"',&}]+)`;
const names = 'pass(?:word|wd)?|pwd|token|secret|response|c?nonce|session_?(?:id)?|srtp_?key|srtp_?salt';

const patterns: readonly (readonly [RegExp, string])[] = [
  // Credentials in URLs; a password may hold slashes and at-signs itself.
  [/(\w+:\/\/)[^\s]*:[^\s]*@/g, `$1${HIDDEN}@`],
  // Header fields, to the end of the line.
  [/\b((?:set-)?cookie|authorization)(["']?\s*[:=]\s*)[^\r\n]+/gi, `$1$2${HIDDEN}`],
  // Fields of requests and replies: passwords, login answers, sessions, SRTP keys.
  [new RegExp(String.raw`\b(\w*(?:${names}))(["']?\s*[:=]\s*)${value}`, 'gi'), `$1$2${HIDDEN}`],
];

/** The text without passwords, cookies, session ids, keys and credentials in URLs, nor any of the given secrets. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let result = text;
  for (const secret of secrets) {
    if (secret.length >= 3) result = result.replaceAll(secret, HIDDEN).replaceAll(encodeURIComponent(secret), HIDDEN);
  }
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return result;
}

/** A logger that never writes a secret. */
export function redactingLogger(logger: Logger, secrets: readonly string[]): Logger {
  return {
    debug: (message) => logger.debug(redact(message, secrets)),
    info: (message) => logger.info(redact(message, secrets)),
    warn: (message) => logger.warn(redact(message, secrets)),
    error: (message) => logger.error(redact(message, secrets)),
  };
}
