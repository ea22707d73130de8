/** ms for which an operation or path that was refused in a session that holds is believed to be refused. */
export const REFUSAL_HOLDS = 10 * 60_000;

/** ms between logins that are spent on a suspicion. */
const SUSPICION_PAUSE = 10 * 60_000;
/** ms before the second one where the user was let in before: an NVR that starts may forget its newest sessions. */
const SECOND_SUSPICION = 60_000;

/** What is known where an answer says that there is no session, or no right (SDK 10.6): devices tell these apart badly. */
export interface RefusalFacts {
  /** The very same request was carried out before, not refused in a fresh session since, and cost no login lately. */
  readonly succeeded: boolean;
  /** ms since that operation or path was refused in a session that held; absent where it never was. */
  readonly refusedFor?: number | undefined;
  /** Anything was carried out in this session. */
  readonly proven: boolean;
  /** A read that the user may make can be asked whether the session holds; then what it said. */
  readonly check: 'none' | 'possible' | 'holds' | 'lost' | 'unclear';
  /** That read likewise. */
  readonly checkSucceeded: boolean;
  /** The user was let do something, in whatever session. */
  readonly known: boolean;
  /** Logins spent on a suspicion within an hour; ms since the last one. */
  readonly suspicions: number;
  readonly suspectedFor: number;
}

/**
 * What to do about it: `log-in` anew, or on a mere `suspicion`, `check` the session by a read, or take it as `refused` for
 * want of a right.
 */
export type RefusalRemedy = 'log-in' | 'suspicion' | 'check' | 'refused';

/** A login is spent where something that worked before works no more; else seldom. */
export function remedyForRefusal(facts: RefusalFacts): RefusalRemedy {
  const { succeeded, refusedFor = Infinity, proven, check, checkSucceeded } = facts;
  if (succeeded) return 'log-in';
  if (proven && refusedFor < REFUSAL_HOLDS) return 'refused';
  if (check === 'possible') return 'check';
  if (check === 'holds' || check === 'unclear') return 'refused';
  if (check === 'lost' && checkSucceeded) return 'log-in';
  return mayBeSuspicious(facts) ? 'suspicion' : 'refused';
}

function mayBeSuspicious({ known, proven, suspicions, suspectedFor }: RefusalFacts): boolean {
  return suspectedFor >= (known && !proven && suspicions < 2 ? SECOND_SUSPICION : SUSPICION_PAUSE);
}
