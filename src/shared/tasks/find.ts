import { InvalidParameterError } from '../errors.js';
import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import { searchLogs } from '../sdk/logs.js';
import { eventSearch, metaSearch } from '../sdk/searches.js';
import type { StreamName } from '../sdk/stream-name.js';
import { secondsOf, type TimeRange } from './time-range.js';

/** What every search has. */
export interface Search extends TimeRange {
  /** Findings at most, 1–100,000: it ends with the request that brings more. Default: 1,000. */
  readonly limit?: number | undefined;
}

export interface EventSearch extends Search {
  /** From 1. */
  readonly channels: readonly number[];
  /** Default: those of the SDK document's example (4.5). The NVR finds nothing where none is named. */
  readonly types?: readonly string[] | undefined;
  /** Whose recording is measured. Default: `main`. */
  readonly stream?: StreamName | undefined;
}

export interface MetadataSearch extends Search {
  /** From 1; 0: the NVR itself. */
  readonly channels: readonly number[];
  /** Default: those that the SDK document names (4.6). */
  readonly types?: readonly string[] | undefined;
}

export interface LogSearch extends Search {
  /** Default: `All`. */
  readonly type?: 'All' | 'System' | 'Configuration' | 'Account' | 'Alarm' | 'Record' | 'Storage' | undefined;
}

/** Findings, the oldest first. */
export interface Found<Item> {
  readonly items: readonly Item[];
  /** Whether that is all there is: `false` where the limit ended the search. */
  readonly complete: boolean;
}

/** An event of the past (SDK 4.5). */
export interface PastEvent {
  readonly channel: number;
  /** As the NVR writes it: `Motion`. */
  readonly type: string;
  readonly from: Date;
  /** Absent where the NVR does not tell it. */
  readonly to?: Date;
  /** The recording that goes with it, with some seconds before and after. */
  readonly recordedFrom?: Date;
  readonly recordedTo?: Date;
  /** Size of its video. */
  readonly bytes?: number;
  /** The NVR's own words. */
  readonly comment?: string;
}

/** Metadata of the past (SDK 4.6). */
export interface PastMetadata {
  readonly channel: number;
  readonly type: string;
  readonly time: Date;
  /** As the NVR has it: text, or an object. */
  readonly data?: unknown;
}

/** An entry of the NVR's log (SDK 9.25). */
export interface LogEntry {
  readonly type: string;
  readonly time: Date;
  readonly description: string;
  /** 0: the NVR itself. */
  readonly channel?: number;
  /** Who was logged in. */
  readonly user?: string;
  /** Whether there is a recording of that time. */
  readonly recorded?: boolean;
}

const EVENT_TYPES = ['Motion', 'InputAlarm', 'VideoLoss', 'ManualRecord', 'Tag'];
const METADATA_TYPES = [
  ...['diEventStart', 'diEventStop', 'manualStart', 'manualStop', 'manualAlarmStart', 'manualAlarmStop'],
];
const DEFAULT_LIMIT = 1000;
/** s that one request asks for: what a busy NVR finds in a day is well below the limit of a reply. */
const PIECE = 86_400;
/** Entries that are read before others have their turn. */
const PORTION = 2000;
/** Requests of one search. */
const MAX_REQUESTS = 1000;

/**
 * Events of any range of time, asked for day by day; one that goes on over midnight is there once.
 *
 * @throws {@link InvalidParameterError}, also where more than 1,000 requests were needed; as `call` does
 */
export async function findEvents(
  client: NvrCalls,
  { channels, types = EVENT_TYPES, stream = 'main', ...search }: EventSearch,
  options: CallOptions = {},
): Promise<Found<PastEvent>> {
  const Stream = stream === 'main' ? 'Main' : 'Sub';
  const asked = { ChannelID: [...channels], Type: [...types] };
  return collect(search, Math.min(1, channels.length), async (StartTime, EndTime) => {
    // What an NVR makes of none is anybody's guess.
    if (channels.length === 0) return [];
    const reply = await client.call(eventSearch, { ...asked, Stream, StartTime, EndTime }, options);
    return reading(reply, ({ ChannelID, Type, ev_start, ev_end, pre_rec, post_rec, video_size, comment }) => {
      // Neither of use nor to be told from others.
      if (ev_start === undefined || Type === undefined) return undefined;
      const event: PastEvent = {
        ...{ channel: ChannelID, type: cleanText(Type, limits.text.word), from: date(ev_start) },
        ...(ev_end !== undefined && { to: date(ev_end) }),
        ...(pre_rec !== undefined && { recordedFrom: date(pre_rec) }),
        ...(post_rec !== undefined && { recordedTo: date(post_rec) }),
        ...(video_size !== undefined && { bytes: video_size }),
        ...(comment !== undefined && { comment: cleanText(comment, limits.text.line) }),
      };
      return { item: event, time: ev_start, key: `${ChannelID} ${Type} ${ev_start} ${comment ?? ''}` };
    });
  });
}

/**
 * Metadata of any range of time, asked for day by day and channel by channel.
 *
 * @throws as {@link findEvents}
 */
export async function findMetadata(
  client: NvrCalls,
  { channels, types = METADATA_TYPES, ...search }: MetadataSearch,
  options: CallOptions = {},
): Promise<Found<PastMetadata>> {
  return collect(search, channels.length, async (StartTime, EndTime) => {
    const replies = [];
    for (const ChannelID of channels) {
      replies.push(await client.call(metaSearch, { ChannelID, Type: [...types], StartTime, EndTime }, options));
    }
    return reading(replies.flat(), ({ ChannelID: channel, Type, Data, Timestamp }) => {
      if (Type === undefined || Timestamp === undefined) return undefined;
      const item = { channel, type: cleanText(Type, limits.text.word), time: new Date(Timestamp) };
      const key = `${channel} ${Type} ${Timestamp} ${JSON.stringify(Data)}`;
      return { item: { ...item, ...(Data !== undefined && { data: Data }) }, time: Timestamp / 1000, key };
    });
  });
}

/**
 * Log entries of any range of time, asked for day by day; where the NVR answers no more than 4,000, again.
 *
 * @throws as {@link findEvents}
 */
export async function findLogs(
  client: NvrCalls,
  { type = 'All', ...search }: LogSearch,
  options: CallOptions = {},
): Promise<Found<LogEntry>> {
  return collect(search, 1, async (from, to) => {
    const range = { startTime: from * 1000, endTime: to * 1000 + 999 };
    const reply = await client.call(searchLogs, { type, ...range }, options);
    // Entries that are the same in everything are entries of their own: two failed logins in one second.
    const seen = new Map<string, number>();
    return reading(reply, (entry) => {
      const { createTime, description = '', channel, user, hasRecord } = entry;
      if (createTime === undefined) return undefined;
      const item: LogEntry = {
        ...{ type: cleanText(entry.type ?? '', limits.text.word), time: new Date(createTime) },
        description: cleanText(description, limits.text.line),
        ...(channel !== undefined && { channel }),
        ...(user !== undefined && { user: cleanText(user, limits.text.name) }),
        ...(hasRecord !== undefined && { recorded: hasRecord === 1 }),
      };
      const same = JSON.stringify(item);
      const number = seen.get(same) ?? 0;
      seen.set(same, number + 1);
      return { item, time: createTime / 1000, key: `${number} ${same}` };
    });
  });
}

/** Something found: its time (s since 1970 UTC), and what tells it from others. */
interface Finding<Item> {
  readonly item: Item;
  readonly time: number;
  readonly key: string;
}

/** What entries of a reply tell, one by one as they are asked for. @param read `undefined`: nothing */
function* reading<Entry, Item>(
  entries: readonly Entry[],
  read: (entry: Entry) => Finding<Item> | undefined,
): Generator<Finding<Item> | undefined> {
  for (const entry of entries) yield read(entry);
}

/** @param ask from one second to another, both included; @param requests that it takes */
async function collect<Item>(
  { limit = DEFAULT_LIMIT, ...range }: Search,
  requests: number,
  ask: (from: number, to: number) => Promise<Iterable<Finding<Item> | undefined>>,
): Promise<Found<Item>> {
  const { from, to } = secondsOf(range);
  if (!Number.isInteger(limit) || limit < 1 || limit > limits.json.joined) {
    throw new InvalidParameterError('limit', `must be an integer from 1 to ${limits.json.joined}`);
  }
  if (((to - from) / PIECE) * requests > MAX_REQUESTS) {
    throw new InvalidParameterError('to', `would take more than ${MAX_REQUESTS} requests: ask for less`);
  }
  const found = new Map<string, Finding<Item>>();
  for (let start = from; start < to && found.size <= limit; start += PIECE) {
    let seen = 0;
    for (const finding of await ask(start, Math.min(to, start + PIECE) - 1)) {
      // There may be very many: others have their turn meanwhile.
      if (seen++ % PORTION === 0) await new Promise(setImmediate);
      if (finding && !found.has(finding.key)) found.set(finding.key, finding);
    }
  }
  if (found.size > PORTION) await new Promise(setImmediate);
  const sorted = [...found.values()].sort((one, other) => one.time - other.time).map(({ item }) => item);
  return { items: sorted.slice(0, limit), complete: sorted.length <= limit };
}

function date(seconds: number): Date {
  return new Date(seconds * 1000);
}
