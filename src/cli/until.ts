import type { Context } from './command.js';

/** The time that was asked for is over. */
const OVER = new Error('the time is over');

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
  const end = new AbortController();
  const abort = () => end.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  const timer = seconds === undefined ? undefined : clock.after(seconds * 1000, () => end.abort(OVER));
  try {
    await work(end.signal);
  } catch (error) {
    if (error !== OVER) throw error;
  } finally {
    timer?.cancel();
    signal.removeEventListener('abort', abort);
  }
}
