/** ms */
const FIRST_CEILING = 1000;
/** ms */
const LAST_CEILING = 60_000;

/** A connection that held this long (ms) counts as healthy: the next reconnect starts over at the shortest wait. */
export const HEALTHY_AFTER = 60_000;

/**
 * Wait before a reconnect, ms: full jitter below a ceiling that doubles from 1 s to 60 s.
 *
 * @param failures tries since the connection was last healthy, from 0
 * @param random 0 ≤ random < 1
 */
export function reconnectDelay(failures: number, random: number): number {
  return Math.round(random * Math.min(LAST_CEILING, FIRST_CEILING * 2 ** failures));
}
