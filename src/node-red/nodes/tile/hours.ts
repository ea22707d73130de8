import {
  type Clock,
  findEvents,
  InvalidParameterError,
  type Nvr,
  nvrClock,
  operations,
  recordedIntervals,
} from '../../../shared/index.js';
import { kindOf } from '../../message-names.js';
import type { TileHours } from './pieces.js';

/** ms that a page may ask for at once: a day, and the hour by which days can be longer. */
const LONGEST = 25 * 3_600_000;
/** Events of that time that a page is sent. */
const MOST_EVENTS = 2000;

/** Reads a range of an address. @throws InvalidParameterError */
export function hoursOf({ from, to }: Readonly<Record<string, unknown>>): { from: number; to: number } {
  const range = { from: timeOf('from', from), to: timeOf('to', to) };
  const length = range.to - range.from;
  if (length <= 0 || length > LONGEST) throw new InvalidParameterError('to', 'must be at most 25 hours after "from"');
  return range;
}

/** ms since 1970 UTC, up to the year 2106, as the NVR has them. @throws InvalidParameterError */
export function timeOf(name: string, text: unknown): number {
  const time = typeof text === 'string' && /^\d{1,13}$/.test(text) ? Number(text) : NaN;
  if (time / 1000 < 2 ** 32) return time;
  throw new InvalidParameterError(name, 'must be a time in ms since 1970');
}

/** What was recorded and what happened. @throws NvrError */
export async function hours(
  client: Nvr,
  channel: number,
  range: { readonly from: number; readonly to: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<TileHours> {
  const settings = await client.call(operations.getTime, {}, { signal });
  const now = settings.time ?? clock.wall();
  const [recorded, { items }] = await Promise.all([
    recordedIntervals(client, { channels: [channel], stream: 'main', ...range }, { signal }),
    findEvents(client, { channels: [channel], limit: MOST_EVENTS, ...range }, { signal }),
  ]);
  return {
    recorded: recorded.map(({ from, to }) => [from.getTime(), to.getTime()] as const),
    events: items.map(({ type, from, to }) => ({
      ...{ kind: kindOf(type), from: from.getTime() },
      ...(to && { to: to.getTime() }),
    })),
    ...{ now, offset: nvrClock(settings).shownAt(now) - now },
  };
}
