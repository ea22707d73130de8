import { type Nvr, NvrRefusedError, operations, within } from '../shared/index.js';
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

/** What is wrong at the first try ends the program; later it is waited for. */
export async function firstContact(client: Nvr, { signal }: Context): Promise<void> {
  try {
    await client.call(operations.cameraStatus, {}, { signal });
  } catch (error) {
    // Whoever may not ask for that may still listen.
    if (!(error instanceof NvrRefusedError)) throw error;
  }
}
