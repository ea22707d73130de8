import { InvalidParameterError } from '../errors.js';
import { type LimitName, limits } from '../limits.js';
import type { Split } from '../sdk/declaration.js';

type Params = Readonly<Record<string, unknown>>;
type MapSplit = Extract<Split, { join: 'maps' }>;
type ListSplit = Extract<Split, { join: 'lists' }>;

/** What asking in parts needs of its surroundings. */
export interface Asking {
  /** One request; a failure of one is the failure of all. */
  readonly ask: (params: Params) => Promise<unknown>;
  /** ms since 1970-01-01 UTC */
  readonly wall: () => number;
  /** Something of the answer is missing. */
  readonly warn: (problem: string) => void;
  /** A limit is why. */
  readonly exceeds?: (limit: LimitName, what: string) => void;
}

/** Requests that one call may become: a mistaken range must not keep an NVR busy for hours, nor fill the memory. */
const MAX_REQUESTS = { maps: 1000, lists: 300 };
/** Entries of a joined list: it must not fill the memory either. */
const MAX_ENTRIES = limits.json.joined;
/** Characters in one text of a map by minute or second (5.2, 5.3). */
const ROW = 60;

/**
 * Asks for what the NVR would cut off in several requests, one after the other, and joins the replies.
 *
 * @throws {@link InvalidParameterError} where a map needs more than 1,000 requests; what `ask` throws
 */
export function askInParts(split: Split, params: Params, asking: Asking): Promise<unknown> {
  return split.join === 'maps' ? askMaps(split, params, asking) : askLists(split, params, asking);
}

/** One request of several: those channels, that range (s). */
export interface MapPart {
  readonly channels: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** The requests that together cover channels and range, group of channels by group of channels, in order of time. */
export function mapParts({ channels, range }: MapSplit, params: Params): MapPart[][] {
  const all = [...new Set(params[channels.field] as readonly number[])];
  const [from, to] = [Number(params[range.from]), Number(params[range.to])];
  const groups = Array.from({ length: Math.ceil(all.length / channels.max) }, (_, index) =>
    all.slice(index * channels.max, (index + 1) * channels.max),
  );
  const windows = Math.max(1, Math.ceil((to - from) / range.max));
  if (groups.length * windows > MAX_REQUESTS.maps) {
    throw new InvalidParameterError(
      range.to,
      `so long a range needs more than ${MAX_REQUESTS.maps} requests to the NVR`,
    );
  }
  return groups.map((group) =>
    Array.from({ length: windows }, (_, index) => ({
      channels: group,
      from: from + index * range.max,
      to: index === windows - 1 ? to : from + (index + 1) * range.max,
    })),
  );
}

async function askMaps(split: MapSplit, params: Params, asking: Asking): Promise<unknown> {
  const { channels, range } = split;
  const groups = mapParts(split, params);
  const joined: Record<string, unknown>[] = [];
  for (const group of groups) {
    const replies: Params[] = [];
    for (const part of group) {
      const fields = { [channels.field]: part.channels, [range.from]: part.from, [range.to]: part.to };
      const reply = (await asking.ask({ ...params, ...fields })) as Params;
      const short = part.channels.filter(
        (channel) => textOf(reply[`CH${channel}`]).length < charactersDue(split, part),
      );
      if (short.length > 0) asking.warn(`the map of channel ${short.join(', ')} is shorter than asked for`);
      replies.push(replies.length === 0 ? reply : partOf(split, part, reply));
    }
    joined.push(await joinMaps(split, group, replies));
  }
  return Object.assign({}, ...joined);
}

/** What is needed of a further part; a device may say anything besides, a thousand times. */
function partOf(split: MapSplit, part: MapPart, reply: Params): Params {
  const { to } = split.range;
  const longest = charactersDue(split, part) + ROW;
  const maps = part.channels.flatMap((channel) => {
    const map = reply[`CH${channel}`];
    return map === undefined ? [] : [[`CH${channel}`, textOf(map).length > longest ? beginning(map, longest) : map]];
  });
  return { ...(to in reply && { [to]: reply[to] }), ...(Object.fromEntries(maps) as Params) };
}

/** Through bytes, since a slice would keep the whole text in memory. */
function beginning(map: unknown, length: number): unknown {
  const text = Buffer.from(textOf(map).slice(0, length)).toString();
  return Array.isArray(map) ? rowsOf(text) : text;
}

/** The maps of a group of channels as if they had come in one reply; what is missing before a further part is `-`. */
export async function joinMaps(
  split: MapSplit,
  parts: readonly MapPart[],
  replies: readonly Params[],
): Promise<Record<string, unknown>> {
  const [first = {}] = replies;
  const last = replies.at(-1) ?? {};
  if (replies.length <= 1) return { ...first };
  const joined: Record<string, unknown> = { ...first };
  if (split.range.to in last) joined[split.range.to] = last[split.range.to];
  for (const channel of parts[0]?.channels ?? []) {
    // That of a month by second is long: others have their turn meanwhile.
    await new Promise(setImmediate);
    const name = `CH${channel}`;
    const maps = replies.map((reply) => reply[name]);
    if (maps.every((map) => map === undefined)) continue;
    const texts = maps.map((map, index) => {
      const part = parts[index];
      const text = textOf(map);
      if (!part || index === maps.length - 1) return text;
      const due = charactersDue(split, part);
      return text.slice(0, due).padEnd(due, '-');
    });
    joined[name] = maps.some((map) => Array.isArray(map)) ? rowsOf(texts.join('')) : texts.join('');
  }
  return joined;
}

function charactersDue({ range }: MapSplit, { from, to }: MapPart): number {
  return Math.max(0, Math.ceil((to - from) / range.unit));
}

function textOf(map: unknown): string {
  if (Array.isArray(map)) return map.join('');
  return typeof map === 'string' ? map : '';
}

function rowsOf(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / ROW) }, (_, row) => text.slice(row * ROW, (row + 1) * ROW));
}

async function askLists(split: ListSplit, params: Params, { ask, wall, warn, exceeds }: Asking): Promise<unknown> {
  const { range, fullList } = split;
  let requests = 0;
  let entries = 0;
  const request = async (from: number, to: number): Promise<Items> => {
    requests += 1;
    return (await ask({ ...params, [range.from]: from, [range.to]: to })) as Items;
  };
  /**
   * The items from one time to another, both included (ms; `to` 0: open). `askedTo` may be a millisecond later, so that
   * nothing falls between two parts where the NVR excludes the end.
   */
  const part = async (from: number, to: number, askedTo: number): Promise<Items> => {
    const list = await request(from, askedTo);
    if (list.length !== fullList) entries += list.length;
    const items = list.length === fullList ? await halves(from, to, askedTo, list) : list;
    return to === askedTo ? items : items.filter((item) => (timeOf(split, item) ?? to) <= to);
  };
  const halves = async (from: number, to: number, askedTo: number, list: Items): Promise<Items> => {
    const times = list.flatMap((item) => timeOf(split, item) ?? []);
    const astray = times.length < list.length || times.some((time) => time < from || (to !== 0 && time > askedTo));
    if (!astray && entries >= MAX_ENTRIES) exceeds?.('json.joined', 'it is asked for no further parts of the list');
    if (astray || requests >= MAX_REQUESTS.lists || entries >= MAX_ENTRIES) {
      warn(`the NVR answers its limit of ${fullList} items ${astray ? 'whatever the range' : 'again and again'}`);
      return list;
    }
    const end = to === 0 ? times.reduce((newest, time) => Math.max(newest, time), wall()) : to;
    if (from >= end) return oneMillisecond(from, askedTo, list);
    const middle = Math.floor((from + end) / 2);
    const older = await part(from, middle, middle + 1);
    const newer = await part(middle + 1, to, askedTo);
    const newestFirst = (times[0] ?? 0) > (times.at(-1) ?? 0);
    return newestFirst ? [...newer, ...older] : [...older, ...newer];
  };
  /** Perhaps it is the next millisecond, asked for as well, that filled the list. */
  const oneMillisecond = async (time: number, askedTo: number, list: Items): Promise<Items> => {
    const exact = askedTo === time ? list : await request(time, time);
    if (exact.length < fullList && exact.length > 0) return exact;
    const own = list.filter((item) => timeOf(split, item) === time);
    if (own.length === fullList)
      warn(`of the millisecond ${time} there are ${fullList} items, the NVR's limit, or more`);
    return own;
  };
  const [from, to] = [Number(params[range.from]), Number(params[range.to])];
  return part(from, to, to);
}

type Items = readonly unknown[];

function timeOf({ time }: ListSplit, item: unknown): number | undefined {
  const value = typeof item === 'object' && item !== null ? (item as Params)[time] : undefined;
  return typeof value === 'number' ? value : undefined;
}
