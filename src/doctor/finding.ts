import { type Clock, NvrError } from '../shared/index.js';
import { cleanText, limits } from '../shared/internal.js';

/** What a device says of itself, as people may see it. */
export function clean(text: string): string {
  return cleanText(text, limits.text.words);
}

/** How long it may take to look at something. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** ms that anything may take. */
  readonly patience: number;
  /** ms that live pictures and push sockets are looked at once they are there. */
  readonly watch: number;
}

/** `skipped`: it could not be tried, for want of something else. */
export type Verdict = 'good' | 'warning' | 'bad' | 'skipped';

/** One thing that was looked at. */
export interface Finding {
  /** Such as `login`, `hooks`, `live main`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found; no secrets. */
  readonly finding: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Code of the error, where there was one. */
  readonly code?: string;
}

export function good(check: string, finding: string): Finding {
  return { check, verdict: 'good', finding: clean(finding) };
}

export function warning(check: string, finding: string, remedy?: string): Finding {
  return { check, verdict: 'warning', finding: clean(finding), ...(remedy !== undefined && { remedy }) };
}

export function bad(check: string, finding: string, remedy?: string, code?: string): Finding {
  const help = { ...(remedy !== undefined && { remedy }), ...(code !== undefined && { code }) };
  return { check, verdict: 'bad', finding: clean(finding), ...help };
}

export function skipped(check: string, finding: string): Finding {
  return { check, verdict: 'skipped', finding };
}

/** What helps against an error, by its code. */
const remedies: Readonly<Record<string, string>> = {
  NVR_UNREACHABLE: 'Is the NVR switched on, and in this network? Does a firewall or proxy stand between?',
  NVR_TIMEOUT: 'The NVR is too busy or hangs: restart it. Are other clients asking it all the time?',
  NVR_UNAVAILABLE: 'The NVR is busy or starts: try again in a minute.',
  SESSION_LOST:
    'The login is taken, but the session does not last: too many clients with this user? Give each its own.',
  LOGIN_REJECTED:
    'Check user name and password, at the NVR too: may this user log in remotely, is he locked out? If a browser takes ' +
    'them, the digest may be another one: --digest GET:/admin/login.',
  UNTRUSTED_CERTIFICATE:
    'Compare the fingerprint with what the NVR itself displays; where it has really changed: everfocus trust <fingerprint>.',
  NVR_REFUSED: 'Does this user have the right? See the permissions of the account at the NVR.',
  INVALID_REPLY:
    'The firmware answers otherwise than the document says: please report it, with what everfocus doctor --json says.',
  REPLY_TOO_LARGE: 'The reply exceeds a limit of the driver: please report it, with what everfocus doctor --json says.',
  STORE_FAILED: 'See to the folder of the store (--store), its owner and its free space.',
};

/** What came of a check that failed. A lacking right is no fault of the NVR. */
export function failed(check: string, error: unknown, remedy?: string): Finding {
  if (!(error instanceof NvrError)) return bad(check, error instanceof Error ? error.message : String(error), remedy);
  const help = remedy ?? remedies[error.code];
  return {
    ...bad(check, error.message, help, error.code),
    ...(error.code === 'NVR_REFUSED' && { verdict: 'warning' }),
  };
}
