import { type Clock, NvrError } from '../shared/index.js';
import { changed, cleanText, inEnglish, limits, type Said, say, verbatim } from '../shared/internal.js';

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

/** What is looked at, by the names that people read. */
export const CHECKS = [
  ...(['address', 'port', 'device', 'login', 'answers', 'certificate', 'model', 'pace', 'permissions'] as const),
  ...(['encryption', 'clock', 'cameras', 'disks', 'hooks', 'live main', 'live sub', 'playback', 'talk'] as const),
  ...(['outputs', 'RTSP', 'ffmpeg', 'HomeKit', 'dialect', 'limits', 'advice'] as const),
] as const;

export type CheckName = (typeof CHECKS)[number];

/** One thing that was looked at. */
export interface Finding {
  /** One of {@link CHECKS}. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found; no secrets. */
  readonly finding: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Code of the error, where there was one. */
  readonly code?: string;
}

/** A finding whose texts are taken apart, for who shows them in another language. */
export interface SaidFinding extends Finding {
  readonly said: { readonly finding: Said; readonly remedy?: Said };
}

/** What programs read of it. */
export function plainFinding({ said: _, ...finding }: SaidFinding): Finding {
  return finding;
}

export function good(check: CheckName, finding: Said): SaidFinding {
  return found(check, 'good', finding);
}

export function warning(check: CheckName, finding: Said, remedy?: Said): SaidFinding {
  return found(check, 'warning', finding, remedy);
}

export function bad(check: CheckName, finding: Said, remedy?: Said, code?: string): SaidFinding {
  return { ...found(check, 'bad', finding, remedy), ...(code !== undefined && { code }) };
}

export function skipped(check: CheckName, finding: Said): SaidFinding {
  return found(check, 'skipped', finding);
}

function found(check: CheckName, verdict: Verdict, finding: Said, remedy?: Said): SaidFinding {
  const said = {
    finding: changed(finding, (text, isCode) => (isCode ? text : clean(text))),
    ...(remedy && { remedy }),
  };
  return {
    ...{ check, verdict, finding: clean(inEnglish(finding)) },
    ...(remedy && { remedy: inEnglish(remedy) }),
    said,
  };
}

/** What helps against an error, by its code. */
const remedies: Readonly<Record<string, Said>> = {
  NVR_UNREACHABLE: say('Is the NVR switched on, and in this network? Does a firewall or proxy stand between?'),
  NVR_TIMEOUT: say('The NVR is too busy or hangs: restart it. Are other clients asking it all the time?'),
  NVR_UNAVAILABLE: say('The NVR is busy or starts: try again in a minute.'),
  SESSION_LOST: say(
    'The login is taken, but the session does not last: too many clients with this user? Give each its own.',
  ),
  LOGIN_REJECTED: say(
    'Check user name and password, at the NVR too: may this user log in remotely, is he locked out? If a browser takes ' +
      'them, the digest may be another one: --digest GET:/admin/login.',
  ),
  UNTRUSTED_CERTIFICATE: say(
    'Compare the fingerprint with what the NVR itself displays; where it has really changed: everfocus trust <fingerprint>.',
  ),
  NVR_REFUSED: say('Does this user have the right? See the permissions of the account at the NVR.'),
  INVALID_REPLY: say(
    'The firmware answers otherwise than the document says: please report it, with what everfocus doctor --json says.',
  ),
  REPLY_TOO_LARGE: say(
    'The reply exceeds a limit of the driver: please report it, with what everfocus doctor --json says.',
  ),
  STORE_FAILED: say('See to the folder of the store (--store), its owner and its free space.'),
};

/** What came of a check that failed. A lacking right is no fault of the NVR. */
export function failed(check: CheckName, error: unknown, remedy?: Said): SaidFinding {
  if (!(error instanceof NvrError)) {
    return bad(check, verbatim(error instanceof Error ? error.message : String(error)), remedy);
  }
  const help = remedy ?? remedies[error.code];
  return {
    ...bad(check, verbatim(error.message), help, error.code),
    ...(error.code === 'NVR_REFUSED' && { verdict: 'warning' }),
  };
}
