import { within } from '../shared/index.js';
import type { Context } from './command.js';

/**
 * Works until it is done, or so many seconds are over, which is no failure.
 *
 * @throws what the work throws, or the reason of the context's signal
 */
export async function whileWanted(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  seconds: number | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (seconds === undefined) return work(signal);
  return within(clock, seconds * 1000, work, () => undefined, signal);
}
