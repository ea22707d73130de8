import type { Clock } from '../../shared/index.js';

/** How long things may take. */
export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** ms that anything may take. */
  readonly patience: number;
  /** ms that live pictures and push sockets are looked at once they are there. */
  readonly watch: number;
}
