import { randomInt } from 'node:crypto';

/**
 * What random tests begin with: the same number in every run, so that only a change can make one of them red.
 * `EVERFOCUS_SEED` gives another one, or a new one for each file: `random`.
 */
export const seed = seedFrom(process.env['EVERFOCUS_SEED']);

/** @throws where it is neither a number nor `random` */
function seedFrom(text: string | undefined): number {
  if (!text) return 20_191_126;
  if (text === 'random') return randomInt(1, 1_000_000_000);
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`EVERFOCUS_SEED is a number from 1 to 999999999, or random: ${text}`);
  return Number(text);
}
