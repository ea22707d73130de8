import type { Nvr } from '../shared/index.js';
import { clockAhead } from '../shared/internal.js';
import type { Context } from './command.js';

/** ms; clocks that differ by less are alike. */
const ALIKE = 2000;

/**
 * Now by the clock of the NVR, which dates its recordings; by ours where it does not tell. People are told where the two
 * differ. ms since 1970.
 *
 * @throws what `call` throws
 */
export async function nowAtNvr(client: Nvr, { out, clock, signal }: Context): Promise<number> {
  const ahead = (await clockAhead(client, clock, { signal })) ?? 0;
  if (Math.abs(ahead) < ALIKE) return clock.wall();
  const seconds = Math.round(Math.abs(ahead) / 1000);
  if (!out.json)
    out.note(
      `the NVR's clock is ${seconds} s ${ahead < 0 ? 'behind' : 'ahead of'} this machine's, and dates what it records`,
    );
  return clock.wall() + ahead;
}
