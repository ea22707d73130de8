import type { Clock } from '../clock.js';
import { InvalidReplyError, NvrRefusedError } from '../errors.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import { getTime } from '../sdk/time.js';

/**
 * ms by which the clock of the NVR, by which it records and dates events, is ahead of ours (SDK 9.19); `undefined` where it
 * does not tell, or not to this user. Both are UTC: no time zone of either matters.
 *
 * @throws as `call` does
 */
export async function clockAhead(
  client: NvrCalls,
  clock: Clock,
  options: CallOptions = {},
): Promise<number | undefined> {
  const asked = clock.now();
  try {
    const { time } = await client.call(getTime, {}, options);
    // The answer was made about half way.
    return time === undefined ? undefined : Math.round(time - (clock.wall() - (clock.now() - asked) / 2));
  } catch (error) {
    if (error instanceof NvrRefusedError || error instanceof InvalidReplyError) return undefined;
    throw error;
  }
}
