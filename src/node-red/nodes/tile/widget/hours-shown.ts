import type { TileEvent } from '../pieces.js';

const HOUR = 3_600_000;
/** How many hours there are to choose from. */
export const spans = [1, 6, 24] as const;
export type Span = (typeof spans)[number];

/** ms since 1970 UTC. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * The hours that are shown, up to whole minutes, so that they do not move with every second.
 *
 * @param end `undefined`: up to now
 */
export function rangeOf(span: Span, end: number | undefined, now: number): Range {
  const to = Math.ceil(Math.min(end ?? now, now) / 60_000) * 60_000;
  return { from: to - span * HOUR, to };
}

/** Where a time is, in % of the range. */
export function placeOf(time: number, { from, to }: Range): number {
  return Math.min(100, Math.max(0, ((time - from) / (to - from)) * 100));
}

/** Left end and width in %, as styles; `undefined` where it is not in the range. */
export function stripe(begin: number, end: number, range: Range): { left: string; width: string } | undefined {
  if (end <= range.from || begin >= range.to) return undefined;
  const [left, right] = [placeOf(begin, range), placeOf(end, range)];
  return { left: `${left.toFixed(2)}%`, width: `${(right - left).toFixed(2)}%` };
}

/**
 * Full hours, or quarters of them, by the NVR's clock on the wall.
 *
 * @param offset ms by which that is ahead of UTC
 */
export function ticks({ from, to }: Range, offset: number): number[] {
  const step = ((to - from) / HOUR <= 1 ? 0.25 : (to - from) / HOUR <= 6 ? 1 : 4) * HOUR;
  const first = Math.ceil((from + offset) / step) * step - offset;
  const all: number[] = [];
  for (let at = first; at < to; at += step) all.push(at);
  return all;
}

/** Whether what is written right of a time is not cut off at the end of the range. */
export function hasRoom(time: number, range: Range): boolean {
  return placeOf(time, range) < 88;
}

/** Events by their kinds, those that happen most often first. */
export function byKind(events: readonly TileEvent[], range: Range): [string, TileEvent[]][] {
  const kinds = new Map<string, TileEvent[]>();
  for (const event of events) {
    if (event.from >= range.to || (event.to ?? range.to) <= range.from) continue;
    kinds.set(event.kind, [...(kinds.get(event.kind) ?? []), event]);
  }
  return [...kinds].sort(([, one], [, other]) => other.length - one.length);
}

/** What was found in the recorder, and what was heard since: of the same, what the recorder has. */
export function merged(found: readonly TileEvent[], heard: readonly TileEvent[]): TileEvent[] {
  const ALIKE = 5000;
  const isKnown = (event: TileEvent) =>
    found.some(
      ({ kind, from, to }) => kind === event.kind && event.from >= from - ALIKE && event.from <= (to ?? from) + ALIKE,
    );
  return [...found, ...heard.filter((event) => !isKnown(event))];
}
