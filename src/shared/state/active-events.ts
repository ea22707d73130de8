import { type LimitName, limits } from '../limits.js';
import type { ChannelStatus, NvrEvent } from '../push/messages.js';

/**
 * ms after which an `active` that is neither repeated nor ended is checked: where the channel's status does not say that
 * there is an event, it has ended; a lost edge must not last.
 */
export const ACTIVE_LIMIT = 5 * 60_000;
/** ms after which it has ended whatever the status says, which may be stuck or mean another event. */
export const LAST_LIMIT = 30 * 60_000;
/** ms for which an event without length (`once`) counts as active. */
export const PULSE_LENGTH = 5000;
/** ms that a status may deny what it has shown before: hooks do not wait for each other. */
export const DENIAL_LIMIT = 5000;
/** What lasts by its nature until somebody mends it: believed for as long as the status shows it. */
const LASTING: ReadonlySet<string> = new Set(['videoloss']);

/** A change in what is believed of one (channel, type). */
export interface EventChange {
  readonly channel: number;
  readonly type: string;
  readonly active: boolean;
  /**
   * `event`: the NVR said so; `reconciled`: its status said so; `expired`: nothing did for too long; `displaced`: too many
   * types are active there at once, and nobody asked for this one.
   */
  readonly cause: 'event' | 'reconciled' | 'expired' | 'displaced';
}

/** What happened; `now` is `Clock.now()`, ms. */
export type EventFact =
  | { readonly is: 'edge'; readonly event: NvrEvent }
  /** The connection is lost: nothing is confirmed any more. */
  | { readonly is: 'lost' }
  /** After a reconnect: the status, or that this user may not read it. */
  | { readonly is: 'reconnected'; readonly statuses: readonly ChannelStatus[] | undefined }
  /** A status that came by itself. */
  | { readonly is: 'status'; readonly statuses: readonly ChannelStatus[] }
  /** Time has passed. */
  | { readonly is: 'time' }
  /** What the status says of events that reached their limit; `undefined` where it cannot be read. */
  | { readonly is: 'checked'; readonly statuses: readonly ChannelStatus[] | undefined };

interface ActiveEvent {
  readonly channel: number;
  readonly type: string;
  /** An event without length. */
  readonly pulse: boolean;
  /** When it was reported last. */
  reported: number;
  /** When it is looked at again. */
  due: number;
  /** Waits for what the status says. */
  checking: boolean;
  /** Reported within the current connection. */
  confirmed: boolean;
  /** The status has shown it: then the status may deny it, too. */
  shown: boolean;
  deniedSince: number | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Which events are active, from facts alone: no timers, no calls. Believed is only what the NVR's words carry: edges while
 * connected; after a reconnect its status ends what it denies; a status that has shown an event and shows it no more ends
 * it; a limit ends what is neither repeated nor shown, and a last limit what an NVR never ends.
 */
export class ActiveEvents {
  readonly #channels = new Map<number, Map<string, ActiveEvent>>();
  readonly #isAskedFor: (type: string) => boolean;
  readonly #displaced: (event: NvrEvent, limit: LimitName) => void;
  #size = 0;
  #nextDue = Infinity;

  /**
   * @param isAskedFor whether anybody named this type: it is never displaced by what nobody named
   * @param displaced an event was not believed, or no longer, for want of room
   */
  constructor(
    isAskedFor: (type: string) => boolean = () => false,
    displaced: (event: NvrEvent, limit: LimitName) => void = () => undefined,
  ) {
    this.#isAskedFor = isAskedFor;
    this.#displaced = displaced;
  }

  /** Types that are active at a channel. */
  at(channel: number): ReadonlySet<string> {
    const events = this.#channels.get(channel);
    return events ? new Set(events.keys()) : NONE;
  }

  get size(): number {
    return this.#size;
  }

  /** Channels at which something is active. */
  get channels(): Iterable<number> {
    return this.#channels.keys();
  }

  /** When `time` should be told, by `Clock.now()`; `Infinity`: never. */
  get nextDue(): number {
    return this.#nextDue;
  }

  /** Whether events wait for `checked`. */
  get needsCheck(): boolean {
    return this.#some(({ checking }) => checking);
  }

  clear(): void {
    this.#channels.clear();
    this.#size = 0;
    this.#nextDue = Infinity;
  }

  apply(fact: EventFact, now: number): readonly EventChange[] {
    switch (fact.is) {
      case 'edge':
        return this.#edge(fact.event, now);
      case 'lost':
        this.#each((event) => {
          event.confirmed = false;
          event.shown = false;
          event.deniedSince = undefined;
        });
        return [];
      case 'reconnected':
        return this.#reconnected(fact.statuses);
      case 'status':
        return this.#status(fact.statuses, now);
      case 'time':
        return this.#timePassed(now);
      case 'checked':
        return this.#checked(fact.statuses, now);
    }
  }

  #edge(event: NvrEvent, now: number): readonly EventChange[] {
    const { channel, type, state } = event;
    const before = this.#channels.get(channel)?.get(type);
    if (state === 'inactive') return before ? [this.#end(before, 'event')] : [];
    const pulse = state === 'once';
    if (pulse && before && !before.pulse) return [];
    const due = now + (pulse ? PULSE_LENGTH : ACTIVE_LIMIT);
    if (before && before.pulse === pulse) {
      Object.assign(before, { reported: now, due, checking: false, confirmed: true, deniedSince: undefined });
      this.#nextDue = Math.min(this.#nextDue, due);
      return [];
    }
    const changes: EventChange[] = [];
    if (!before && !this.#makeRoom(event, changes)) return [];
    this.#put({
      ...{ channel, type, pulse, reported: now, due },
      ...{ checking: false, confirmed: true, shown: false, deniedSince: undefined },
    });
    if (!before) changes.push({ channel, type, active: true, cause: 'event' });
    return changes;
  }

  /** Of a channel, and in all: the oldest that nobody asked for goes; what somebody asked for always finds room. */
  #makeRoom(event: NvrEvent, changes: EventChange[]): boolean {
    const events = this.#channels.get(event.channel);
    const full = events && events.size >= limits.state.typesPerChannel;
    if (!full && this.#size < limits.state.events) return true;
    const oldest = [...(events?.values() ?? [])].find(({ type }) => !this.#isAskedFor(type));
    this.#displaced(event, full ? 'state.typesPerChannel' : 'state.events');
    if (oldest) changes.push(this.#end(oldest, 'displaced'));
    return oldest !== undefined || this.#isAskedFor(event.type);
  }

  #reconnected(statuses: readonly ChannelStatus[] | undefined): readonly EventChange[] {
    const quiet = statuses && new Set(statuses.filter(({ event }) => event === false).map(({ channel }) => channel));
    const cause = quiet ? 'reconciled' : 'expired';
    // The NVR's own events (channel 0) have no status: what the connection lost is taken as ended.
    const ended = (channel: number) => !quiet || channel === 0 || quiet.has(channel);
    return this.#endAll(({ channel, confirmed }) => !confirmed && ended(channel), cause);
  }

  #status(statuses: readonly ChannelStatus[], now: number): readonly EventChange[] {
    if (this.#size === 0) return [];
    const ended: ActiveEvent[] = [];
    for (const { channel, event: shown } of statuses) {
      for (const event of this.#channels.get(channel)?.values() ?? []) {
        if (event.pulse || shown === undefined) continue;
        event.shown ||= shown;
        if (shown) event.deniedSince = undefined;
        else if (event.shown) event.deniedSince ??= now;
        if (event.deniedSince !== undefined && now - event.deniedSince >= DENIAL_LIMIT) ended.push(event);
      }
    }
    return ended.map((event) => this.#end(event, 'reconciled'));
  }

  #timePassed(now: number): readonly EventChange[] {
    const ended: ActiveEvent[] = [];
    this.#nextDue = Infinity;
    this.#each((event) => {
      if (event.checking) return;
      // The NVR's own events have no status.
      if (event.due > now) this.#nextDue = Math.min(this.#nextDue, event.due);
      else if (event.pulse || event.channel === 0) ended.push(event);
      else event.checking = true;
    });
    return ended.map((event) => this.#end(event, event.pulse ? 'event' : 'expired'));
  }

  #checked(statuses: readonly ChannelStatus[] | undefined, now: number): readonly EventChange[] {
    const shown = new Set((statuses ?? []).filter(({ event }) => event).map(({ channel }) => channel));
    const ended: ActiveEvent[] = [];
    this.#each((event) => {
      if (!event.checking) return;
      event.checking = false;
      const over = now - event.reported >= LAST_LIMIT && !LASTING.has(event.type.toLowerCase());
      if (over || !shown.has(event.channel)) return void ended.push(event);
      event.due = now + ACTIVE_LIMIT;
      this.#nextDue = Math.min(this.#nextDue, event.due);
    });
    return ended.map((event) => this.#end(event, 'expired'));
  }

  #endAll(is: (event: ActiveEvent) => boolean, cause: EventChange['cause']): readonly EventChange[] {
    const ended: ActiveEvent[] = [];
    this.#each((event) => {
      if (is(event)) ended.push(event);
    });
    return ended.map((event) => this.#end(event, cause));
  }

  #put(event: ActiveEvent): void {
    const events = this.#channels.get(event.channel) ?? new Map<string, ActiveEvent>();
    this.#channels.set(event.channel, events);
    if (!events.has(event.type)) this.#size += 1;
    events.set(event.type, event);
    this.#nextDue = Math.min(this.#nextDue, event.due);
  }

  #end({ channel, type }: ActiveEvent, cause: EventChange['cause']): EventChange {
    const events = this.#channels.get(channel);
    if (events?.delete(type)) this.#size -= 1;
    if (events?.size === 0) this.#channels.delete(channel);
    return { channel, type, active: false, cause };
  }

  #each(action: (event: ActiveEvent) => void): void {
    for (const events of this.#channels.values()) for (const event of events.values()) action(event);
  }

  #some(is: (event: ActiveEvent) => boolean): boolean {
    for (const events of this.#channels.values()) for (const event of events.values()) if (is(event)) return true;
    return false;
  }
}
