import type { Effect } from '../sdk/declaration.js';

/** How an attempt went wrong. */
export type Failure =
  /** No connection, or none free in time: the NVR never saw the request. */
  | 'not-sent'
  /** The connection broke after the request may have been seen. */
  | 'lost'
  /** No answer within the time; the request may have been seen. */
  | 'timed-out'
  /** The NVR answered that it cannot now, or something that cannot be understood. */
  | 'unclear'
  /** The NVR answered that there is no session, and surely did nothing else. */
  | 'no-session'
  /** A page came where data was due: probably no session, but what the request did is not known. */
  | 'web-page';

/** What to do about it. */
export type Remedy = 'repeat' | 'login-and-repeat' | 'fail' | 'outcome-unknown';

/**
 * Only reads may be repeated by themselves, and each remedy is tried once.
 *
 * @param repeated whether this remedy's repetition was already spent on this call
 */
export function remedyFor(failure: Failure, effect: Effect, repeated: boolean): Remedy {
  const read = effect === 'read';
  switch (failure) {
    case 'not-sent':
      return read && !repeated ? 'repeat' : 'fail';
    case 'lost':
      if (!read) return 'outcome-unknown';
      return repeated ? 'fail' : 'repeat';
    case 'timed-out':
    case 'unclear':
      return read ? 'fail' : 'outcome-unknown';
    case 'no-session':
      return repeated ? 'fail' : 'login-and-repeat';
    case 'web-page':
      if (!read) return 'outcome-unknown';
      return repeated ? 'fail' : 'login-and-repeat';
  }
}
