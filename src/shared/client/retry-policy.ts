import type { Effect } from '../sdk/declaration.js';

/** How an attempt went wrong. */
export type Failure =
  /** No connection: the NVR never saw the request. */
  | 'not-sent'
  /** The connection broke after the request may have been seen. */
  | 'lost'
  /** No answer within the time; the request may have been seen. */
  | 'timed-out'
  /** The NVR answered that there is no session, and surely did nothing else. */
  | 'session-refused'
  /** A page came where data was due: probably no session, but what the request did is not known. */
  | 'session-doubtful';

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
      // Whoever has waited the whole time once is not made to wait again.
      return read ? 'fail' : 'outcome-unknown';
    case 'session-refused':
      return repeated ? 'fail' : 'login-and-repeat';
    case 'session-doubtful':
      if (!read) return 'outcome-unknown';
      return repeated ? 'fail' : 'login-and-repeat';
  }
}
