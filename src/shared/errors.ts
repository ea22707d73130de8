import { cleanText, MAX_LINE } from './clean-text.js';
import type { LimitName } from './limits.js';

/** Stable codes of everything that the driver throws. */
export type NvrErrorCode =
  | 'BUSY'
  | 'CLOSED'
  | 'CONVERSION_FAILED'
  | 'INVALID_PARAMETER'
  | 'INVALID_REPLY'
  | 'LOGIN_REJECTED'
  | 'NOT_AN_NVR'
  | 'NOT_APPLIED'
  | 'NVR_REFUSED'
  | 'NVR_TIMEOUT'
  | 'NVR_UNAVAILABLE'
  | 'NVR_UNREACHABLE'
  | 'OUTCOME_UNKNOWN'
  | 'REPLY_TOO_LARGE'
  | 'SESSION_LOST'
  | 'STORE_FAILED'
  | 'TOO_MANY_STARTS'
  | 'UNKNOWN_OPERATION'
  | 'UNTRUSTED_CERTIFICATE';

/** Base of everything that the driver throws. */
export abstract class NvrError extends Error {
  abstract readonly code: NvrErrorCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  abstract readonly recoverable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    // Whatever the NVR's words in it are: one line, of bounded length.
    super(cleanText(message, MAX_LINE), options);
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** The same call may succeed later. */
export abstract class RecoverableError extends NvrError {
  readonly recoverable = true;
}

/** Something must be changed first: the call, the configuration or the NVR. */
export abstract class FatalError extends NvrError {
  readonly recoverable = false;
}

/** No connection, or it broke before the request could reach the NVR. */
export class NvrUnreachableError extends RecoverableError {
  readonly code = 'NVR_UNREACHABLE';
}

/** The NVR did not answer in time: a read, or a write that was never sent. */
export class NvrTimeoutError extends RecoverableError {
  readonly code = 'NVR_TIMEOUT';
}

/** The NVR answered that it cannot now (HTTP 5xx, 429), or that it lets nobody in just now. */
export class NvrUnavailableError extends RecoverableError {
  readonly code = 'NVR_UNAVAILABLE';
}

/** What answers at that address does not log in as the document says: another device or web server, or an NVR that still starts. */
export class NotAnNvrError extends RecoverableError {
  readonly code = 'NOT_AN_NVR';
}

/** The session ended in the middle of the call and a new one could not be had. */
export class SessionLostError extends RecoverableError {
  readonly code = 'SESSION_LOST';
}

/** A write was sent and its answer lost: it may or may not have taken effect. It is never repeated by itself. */
export class OutcomeUnknownError extends RecoverableError {
  readonly code = 'OUTCOME_UNKNOWN';
}

/** A write was sent and its answer lost, but reading back shows that it has not taken effect. */
export class NotAppliedError extends RecoverableError {
  readonly code = 'NOT_APPLIED';
}

/** What can be done once at a time is being done already by the same client, or too much waits there. Nothing was sent. */
export class BusyError extends RecoverableError {
  readonly code = 'BUSY';
}

/** A parameter is missing, of the wrong type or out of range. Nothing was sent. */
export class InvalidParameterError extends FatalError {
  readonly code = 'INVALID_PARAMETER';

  /** @param path the parameter, such as `ChannelID` or `channels/0` */
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(path === '' ? problem : `${path}: ${problem}`);
  }
}

/** There is no operation of that name. Nothing was sent. */
export class UnknownOperationError extends FatalError {
  readonly code = 'UNKNOWN_OPERATION';
}

/** The NVR answered `Result: "Error"`. */
export class NvrRefusedError extends FatalError {
  readonly code = 'NVR_REFUSED';

  /** @param description the NVR's own words */
  constructor(
    operation: string,
    readonly description: string,
  ) {
    super(`${operation}: the NVR refused: ${description || 'no reason given'}`);
  }
}

/** The NVR rejected user name or password. It is asked again after 1, 10 and 60 minutes and then every hour, no sooner. */
export class LoginRejectedError extends FatalError {
  readonly code = 'LOGIN_REJECTED';
}

/** The reply is not what the SDK document says, and nothing can be made of it. */
export class InvalidReplyError extends FatalError {
  readonly code = 'INVALID_REPLY';
}

/** The reply exceeds the limit of its kind, or holds more than is made anything of; `limit` names which one. */
export class ReplyTooLargeError extends FatalError {
  readonly code = 'REPLY_TOO_LARGE';

  /** @param limit which one */
  constructor(
    message: string,
    readonly limit?: LimitName,
  ) {
    super(message);
  }
}

/** The certificate of the NVR is neither signed by a known authority nor the pinned one. Nothing was sent. */
export class UntrustedCertificateError extends FatalError {
  readonly code = 'UNTRUSTED_CERTIFICATE';

  /**
   * @param fingerprint SHA-256 of the certificate that was shown, `AA:BB:…`
   * @param pinned that of the certificate which is trusted, where there is one
   */
  constructor(
    message: string,
    readonly fingerprint: string,
    readonly pinned?: string,
  ) {
    super(message);
  }
}

/**
 * The store of what was learnt about devices cannot be read or written, so the certificate of the NVR can be neither
 * checked nor remembered. Nothing was sent.
 */
export class StoreError extends RecoverableError {
  readonly code = 'STORE_FAILED';
}

/** ffmpeg is missing, or could not make of a clip what was asked for. */
export class ConversionError extends FatalError {
  readonly code = 'CONVERSION_FAILED';
}

/** So many child processes were started within the last minute that another one was not. */
export class TooManyStartsError extends RecoverableError {
  readonly code = 'TOO_MANY_STARTS';
}

/** The client was closed. */
export class ClosedError extends FatalError {
  readonly code = 'CLOSED';
}

/** Whether a connection that is kept open must stop trying by itself: something has to change first. */
export function endsConnection(error: NvrError | undefined): error is FatalError {
  return (
    error instanceof LoginRejectedError || error instanceof UntrustedCertificateError || error instanceof ClosedError
  );
}
