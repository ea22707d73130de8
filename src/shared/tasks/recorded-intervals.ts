import type { CallOptions, NvrCalls } from '../link/caller.js';
import { buildRequest } from '../wire/request.js';
import { InvalidParameterError, ReplyTooLargeError } from '../errors.js';
import { limits } from '../limits.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { getMapByDay, getMapByMinute, getMapBySecond } from '../sdk/record-maps.js';
import { getTime } from '../sdk/time.js';
import { dayRuns } from './local-days.js';
import { secondsOf, type TimeRange } from './time-range.js';

/** What is asked for. */
export interface RecordedQuery extends TimeRange {
  /** From 1. */
  readonly channels: readonly number[];
  readonly stream: StreamName;
  /**
   * How exact: a day (of the NVR's own time zone), minute or second counts as recorded where any part of it is.
   * Seconds take one request an hour, minutes one a day, days one in 35. Default: `minute`.
   */
  readonly resolution?: 'day' | 'minute' | 'second' | undefined;
}

/** A time in which a channel was recorded without a gap, as far as the resolution shows. */
export interface RecordedInterval {
  readonly channel: number;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/** Intervals that are read before others have their turn. */
const PORTION = 5000;
/** s; 1,000 requests of 35 days. */
const MAX_DAYS = 35_000 * 86_400;

type Client = NvrCalls;
type Seconds = ReturnType<typeof secondsOf>;

/** A piece of a channel's map: from when (s since 1970 UTC), a character for each `unit` seconds. */
interface Piece {
  readonly channel: number;
  readonly start: number;
  readonly unit: number;
  readonly text: string;
}

/**
 * When channels were recorded, over any range, from the record maps of the NVR (SDK 5.1–5.3): channel by channel in
 * the order given, each in order of time, cut to the range.
 *
 * @throws {@link InvalidParameterError}, also where more than 1,000 requests were needed; {@link ReplyTooLargeError} where
 *   they show more than 500,000 intervals; as `call` does
 */
export async function recordedIntervals(
  client: NvrCalls,
  query: RecordedQuery,
  options: CallOptions = {},
): Promise<RecordedInterval[]> {
  const range = secondsOf(query);
  const { resolution = 'minute' } = query;
  const pieces = await (resolution === 'day'
    ? dayPieces(client, query, range, options)
    : rowPieces(client, query, resolution, range, options));
  const byChannel = Map.groupBy(pieces, ({ channel }) => channel);
  const intervals: RecordedInterval[] = [];
  for (const channel of query.channels) {
    let seen = 0;
    for (const interval of joined(byChannel.get(channel) ?? [])) {
      // There may be very many: others have their turn meanwhile.
      if (seen++ % PORTION === 0) await new Promise(setImmediate);
      const [from, to] = [Math.max(interval.from, range.from), Math.min(interval.to, range.to)];
      if (from >= to) continue;
      if (intervals.length >= limits.json.intervals) throw tooMany(client);
      intervals.push({ channel, from: new Date(from * 1000), to: new Date(to * 1000) });
    }
  }
  return intervals;
}

/** What the intervals of one channel, in order of time, leave out of a range. Pure. */
export function gapsOf(
  recorded: readonly RecordedInterval[],
  channel: number,
  { from, to }: Pick<RecordedInterval, 'from' | 'to'>,
): RecordedInterval[] {
  const gaps: RecordedInterval[] = [];
  let at = from;
  for (const interval of recorded) {
    if (interval.channel !== channel) continue;
    if (at < interval.from) gaps.push({ channel, from: at, to: interval.from });
    if (at < interval.to) at = interval.to;
  }
  if (at < to) gaps.push({ channel, from: at, to });
  return gaps;
}

function tooMany(client: Client): ReplyTooLargeError {
  client.limits?.hit('json.intervals', 'record maps', 'they are refused');
  return new ReplyTooLargeError(
    `the record maps show more than ${limits.json.intervals} intervals: ask for fewer channels, a shorter time, or by day`,
    'json.intervals',
  );
}

/** Maps by minute begin at the full hour (5.2); those by second are asked for from the full minute on. */
async function rowPieces(
  client: Client,
  { channels, stream }: RecordedQuery,
  resolution: 'minute' | 'second',
  { from, to }: Seconds,
  options: CallOptions,
): Promise<Piece[]> {
  const [operation, unit] = resolution === 'minute' ? ([getMapByMinute, 60] as const) : ([getMapBySecond, 1] as const);
  const start = from - (from % (60 * unit));
  const end = Math.ceil(to / unit) * unit;
  const reply = await client.call(operation, asked(channels, stream, start, end), options);
  // A device may say more than it was asked for, without end.
  const due = (end - start) / unit;
  return channels.map((channel) => {
    const text = (reply[`CH${channel}`] ?? []).join('').slice(0, due);
    return { channel, start, unit, text };
  });
}

/** Maps by day begin at midnight, and all their days have 24 h: a day on which the clock changes is asked for alone. */
async function dayPieces(
  client: Client,
  { channels, stream }: RecordedQuery,
  { from, to }: Seconds,
  options: CallOptions,
): Promise<Piece[]> {
  if (to - from > MAX_DAYS) throw new InvalidParameterError('to', 'must be within 35,000 days after "from"');
  // Before the NVR is asked for its time zone.
  buildRequest(getMapByDay, asked(channels, stream, from, to));
  const pieces: Piece[] = [];
  for (const { start, days, length } of dayRuns(await client.call(getTime, {}, options), from, to)) {
    const end = start + Math.min(days * length, days * 86_400);
    const reply = await client.call(getMapByDay, asked(channels, stream, start, end), options);
    for (const channel of channels) {
      pieces.push({ channel, start, unit: length, text: (reply[`CH${channel}`] ?? '').slice(0, days) });
    }
  }
  return pieces;
}

function asked(channels: readonly number[], stream: StreamName, StartTime: number, EndTime: number) {
  return { ChannelIDs: [...channels], StartTime, EndTime, mainsub: streamNumber(stream) + 1 };
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Recorded times of one channel in order, those that touch as one. */
function* joined(pieces: readonly Piece[]): Generator<Interval> {
  let last: Interval | undefined;
  for (const piece of pieces) {
    for (const interval of runsOf(piece)) {
      if (last?.to === interval.from) last = { from: last.from, to: interval.to };
      else {
        if (last) yield last;
        last = interval;
      }
    }
  }
  if (last) yield last;
}

function* runsOf({ start, unit, text }: Piece): Generator<Interval> {
  const recorded = /\++/g;
  for (let run = recorded.exec(text); run; run = recorded.exec(text)) {
    yield { from: start + run.index * unit, to: start + recorded.lastIndex * unit };
  }
}
