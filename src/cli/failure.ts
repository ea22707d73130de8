import { InvalidParameterError, NvrError, type NvrErrorCode, UnknownOperationError } from '../shared/index.js';

/** Exit codes; scripts depend on them. 130 and 143 are what shells say of SIGINT and SIGTERM. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  login: 4,
  untrusted: 5,
  unknown: 6,
  local: 7,
  differs: 8,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** What each exit code means, for the help and docs/cli.md. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'Done.'],
  [EXIT.failed, 'The NVR refused, failed or answered nonsense; `doctor` found a fault.'],
  [
    EXIT.usage,
    'Wrong usage: arguments, parameters or settings that cannot be, or a question that was not answered by yes. Nothing was changed.',
  ],
  [EXIT.unreachable, 'No NVR answers there: wrong address, switched off, busy, or another device.'],
  [EXIT.login, 'The NVR rejected user name or password.'],
  [EXIT.untrusted, 'The NVR shows a certificate that is not the trusted one. Nothing was sent.'],
  [EXIT.unknown, 'The answer to a change was lost: it may or may not have taken effect.'],
  [EXIT.local, 'Something on this machine: a file, the store, ffmpeg.'],
  [EXIT.differs, '`settings diff` found differences.'],
  [EXIT.bug, 'A mistake in this program.'],
  [EXIT.interrupted, 'Interrupted (Ctrl-C).'],
  [EXIT.terminated, 'Ended by SIGTERM.'],
];

/** Stable codes of what the command line itself refuses; the driver's errors have their own. */
export type FailureCode =
  | 'USAGE'
  | 'CONFIRMATION_REQUIRED'
  | 'CREDENTIALS_MISSING'
  | 'FILE_FAILED'
  | 'NOTHING_FOUND'
  | 'NOT_INSTALLED'
  | 'PARTLY_APPLIED'
  | 'PLAYER_FAILED'
  | 'STORE_NOT_PRIVATE';

const failureExits: Readonly<Record<FailureCode, number>> = {
  USAGE: EXIT.usage,
  CONFIRMATION_REQUIRED: EXIT.usage,
  CREDENTIALS_MISSING: EXIT.usage,
  FILE_FAILED: EXIT.local,
  NOTHING_FOUND: EXIT.failed,
  NOT_INSTALLED: EXIT.local,
  PARTLY_APPLIED: EXIT.failed,
  PLAYER_FAILED: EXIT.local,
  STORE_NOT_PRIVATE: EXIT.local,
};

/** What the command line itself refuses. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** Why everything ends early: the person or whoever reads the output has gone. */
export class Ending extends Error {
  override readonly name = 'Ending';

  /** @param exit exit code of the program then */
  constructor(readonly exit: number) {
    super('the end was asked for');
  }
}

const nvrExits: Readonly<Partial<Record<NvrErrorCode, number>>> = {
  INVALID_PARAMETER: EXIT.usage,
  UNKNOWN_OPERATION: EXIT.usage,
  NVR_UNREACHABLE: EXIT.unreachable,
  NVR_TIMEOUT: EXIT.unreachable,
  NVR_UNAVAILABLE: EXIT.unreachable,
  NOT_AN_NVR: EXIT.unreachable,
  LOGIN_REJECTED: EXIT.login,
  UNTRUSTED_CERTIFICATE: EXIT.untrusted,
  OUTCOME_UNKNOWN: EXIT.unknown,
  STORE_FAILED: EXIT.local,
  CONVERSION_FAILED: EXIT.local,
  TOO_MANY_STARTS: EXIT.local,
};

/** The exit code that goes with the code of an error of the driver. */
export function exitOf(code: string | undefined): number {
  return nvrExits[code as NvrErrorCode] ?? EXIT.failed;
}

/** A failure as it is told: exit code, stable code, words. */
export interface Told {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
}

/** What anything that was thrown comes to. */
export function tell(error: unknown): Told {
  if (error instanceof Failure) return { exit: failureExits[error.code], code: error.code, message: error.message };
  if (error instanceof NvrError)
    return { exit: nvrExits[error.code] ?? EXIT.failed, code: error.code, message: error.message };
  const { code, message: words = error } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const message = String(words);
  // What the operating system refuses, such as ENOSPC, is no mistake of ours.
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code))
    return { exit: EXIT.local, code, message: message.replace(`${code}: `, '') };
  return { exit: EXIT.bug, code: 'INTERNAL', message };
}

/** Whether the arguments were wrong: then the help is what helps. */
export function isUsage(error: unknown): boolean {
  return (
    (error instanceof Failure && error.code === 'USAGE') ||
    error instanceof InvalidParameterError ||
    error instanceof UnknownOperationError
  );
}
