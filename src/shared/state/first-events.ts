import type { ChannelStatus } from '../push/messages.js';

/** Which events somebody wants; what is absent lets everything through. */
export interface EventFilter {
  readonly channels: ReadonlySet<number> | undefined;
  /** Names as they were asked for, by their folded form. */
  readonly types: ReadonlyMap<string, string> | undefined;
}

/** Devices are not consistent in how they write types. */
export function folded(type: string): string {
  return type.toLowerCase();
}

export function wants({ channels, types }: EventFilter, { channel, type }: { channel: number; type: string }): boolean {
  return (channels?.has(channel) ?? true) && (types?.has(folded(type)) ?? true);
}

/** What is told of a channel to somebody who has just come. */
export interface FirstEvent {
  readonly channel: number;
  /** Absent where the NVR tells only that some event, or none, is active. */
  readonly type?: string;
  readonly active: boolean;
}

/**
 * The first states that a filter lets through. The NVR's status says only whether any event is active at a channel: if
 * none, each type that the filter names is inactive; if any, only those that are known to be active are named.
 */
export function firstEvents(
  filter: EventFilter,
  { channel, event }: Pick<ChannelStatus, 'channel' | 'event'>,
  known: ReadonlySet<string>,
): FirstEvent[] {
  const { channels, types } = filter;
  const active = known.size > 0 || event;
  if (active === undefined || !(channels?.has(channel) ?? true)) return [];
  const named = active ? [...known] : [...(types?.values() ?? [])];
  const shown = named.filter((type) => types?.has(folded(type)) ?? true);
  if (shown.length > 0) return shown.map((type) => ({ channel, type: types?.get(folded(type)) ?? type, active }));
  return types ? [] : [{ channel, active }];
}

/** Those of all channels of which the NVR tells anything. */
export function* allFirstEvents(
  filter: EventFilter,
  statuses: readonly ChannelStatus[],
  known: { readonly channels: Iterable<number>; active(channel: number): ReadonlySet<string> },
): Iterable<FirstEvent> {
  const byChannel = new Map(statuses.map((status) => [status.channel, status]));
  for (const channel of new Set([...known.channels, ...byChannel.keys()])) {
    yield* firstEvents(filter, byChannel.get(channel) ?? { channel }, known.active(channel));
  }
}
