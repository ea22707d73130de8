import { endsConnection, NvrError, type NvrErrorCode } from '../errors.js';
import type { Connection } from './model.js';

/** Where news of the connection come from. */
export type Source = 'events' | 'status' | 'exceptions' | 'calls';

/** What a source said last. */
export type SourceState = { readonly up: true } | { readonly up: false; readonly error: NvrError | undefined };

export type Sources = ReadonlyMap<Source, SourceState>;

/** What a call fails with at an NVR that is away; whoever refuses, or answers nonsense, is there. */
const AWAY: ReadonlySet<NvrErrorCode> = new Set([
  'NVR_UNREACHABLE',
  'NVR_TIMEOUT',
  'NVR_UNAVAILABLE',
  'SESSION_LOST',
  'NOT_AN_NVR',
]);

/** What a call says of the connection; `undefined`: nothing. */
export function verdictOf(error: unknown): SourceState | undefined {
  if (!(error instanceof NvrError)) return undefined;
  if (error.code === 'CLOSED') return undefined;
  if (endsConnection(error) || AWAY.has(error.code)) return { up: false, error };
  return { up: true };
}

/** Who hears from the NVR is right; what keeps everybody away until somebody changes something comes before all. */
export function connectionOf(sources: Sources): Connection {
  const states = [...sources.values()];
  const errors = states.flatMap((state) => (state.up ? [] : [state.error]));
  const final = errors.find((error) => endsConnection(error));
  if (final) return { is: 'rejected', error: final };
  if (states.some(({ up }) => up)) return { is: 'connected' };
  if (states.length === 0) return { is: 'unknown' };
  const error = errors.find((one) => one !== undefined);
  return { is: 'away', ...(error && { error }) };
}

/** A hook that is lost makes what calls said before doubtful. */
export function withSource(sources: Sources, source: Source, state: SourceState | undefined): Sources {
  const next = new Map(sources);
  if (state) next.set(source, state);
  else next.delete(source);
  if (source !== 'calls' && state?.up === false && next.get('calls')?.up) next.delete('calls');
  return next;
}

/** Why an NVR is away may vary from try to try; what it is rejected for asks for something else to be changed. */
export function isSameConnection(one: Connection, other: Connection): boolean {
  const reason = (connection: Connection) => (connection.is === 'rejected' ? connection.error.code : undefined);
  return one.is === other.is && reason(one) === reason(other);
}
