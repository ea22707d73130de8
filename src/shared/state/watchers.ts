import type { EventFilter } from './first-events.js';
import { folded, wants } from './first-events.js';
import type { EventInterest, Interest, Readable, StateChange } from './model.js';

/** Somebody who watches, and what. */
export interface Watcher {
  readonly wants: {
    readonly device: boolean;
    readonly list: boolean;
    readonly pins: boolean;
    readonly disks: boolean;
    readonly manual: boolean;
    /** `undefined`: no camera. */
    readonly cameras: { readonly channels: ReadonlySet<number> | undefined } | undefined;
    readonly events: EventFilter | undefined;
  };
  readonly tell: (change: StateChange) => void;
  /** Has been told which events are active. */
  toldEvents: boolean;
}

export function watcherOf(interest: Interest, tell: (change: StateChange) => void): Watcher {
  const { device = false, list = false, pins = false, disks = false, manual = false, cameras, events } = interest;
  return {
    wants: {
      ...{ device, list, pins, disks, manual },
      cameras: cameras ? { channels: channelsOf(cameras === true ? {} : cameras) } : undefined,
      events: events ? filterOf(events === true ? {} : events) : undefined,
    },
    tell,
    toldEvents: false,
  };
}

function filterOf(interest: EventInterest): EventFilter {
  return {
    channels: channelsOf(interest),
    types: interest.types && new Map([...interest.types].map((type) => [folded(type), type])),
  };
}

function channelsOf({ channels }: EventInterest): ReadonlySet<number> | undefined {
  return channels && new Set(channels);
}

/** Who watches, found by channel, so that a change costs no more than those whom it concerns. */
export class Watchers {
  readonly #all = new Set<Watcher>();
  /** By channel those who named it, and under `undefined` those who watch all. */
  readonly #cameras = new Map<number | undefined, Set<Watcher>>();
  readonly #events = new Map<number | undefined, Set<Watcher>>();
  /** Folded types that somebody named, and how many did. */
  readonly #types = new Map<string, number>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Watcher> {
    return this.#all.values();
  }

  has(watcher: Watcher): boolean {
    return this.#all.has(watcher);
  }

  add(watcher: Watcher): void {
    const { cameras, events } = watcher.wants;
    this.#all.add(watcher);
    if (cameras) for (const channel of keysOf(cameras.channels)) put(this.#cameras, channel, watcher);
    if (events) for (const channel of keysOf(events.channels)) put(this.#events, channel, watcher);
    for (const type of events?.types?.keys() ?? []) this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
  }

  remove(watcher: Watcher): void {
    const { cameras, events } = watcher.wants;
    if (!this.#all.delete(watcher)) return;
    if (cameras) for (const channel of keysOf(cameras.channels)) take(this.#cameras, channel, watcher);
    if (events) for (const channel of keysOf(events.channels)) take(this.#events, channel, watcher);
    for (const type of events?.types?.keys() ?? []) {
      const left = (this.#types.get(type) ?? 0) - 1;
      if (left > 0) this.#types.set(type, left);
      else this.#types.delete(type);
    }
  }

  isAskedFor(type: string): boolean {
    return this.#types.has(folded(type));
  }

  /** Whether any of them wants it. */
  want(what: keyof Watcher['wants']): boolean {
    if (what === 'cameras') return this.#cameras.size > 0;
    if (what === 'events') return this.#events.size > 0;
    for (const watcher of this.#all) if (watcher.wants[what]) return true;
    return false;
  }

  /** Whom a change concerns. */
  of(change: StateChange): Watcher[] {
    switch (change.kind) {
      case 'connection':
        return [...this.#all];
      case 'events':
        return [...this.#all].filter(({ wants: { events } }) => events);
      case 'event':
      case 'dropped': {
        const { channel, type } = change;
        const concerned = [...(this.#events.get(channel) ?? []), ...(this.#events.get(undefined) ?? [])];
        if (type === undefined) return concerned;
        return concerned.filter(({ wants: { events } }) => events && wants(events, { channel, type }));
      }
      case 'camera':
        return [...(this.#cameras.get(change.channel) ?? []), ...(this.#cameras.get(undefined) ?? [])];
      case 'cameras':
        return this.#who('list');
      case 'pins':
      case 'input':
      case 'output':
        return this.#who('pins');
      case 'device':
      case 'disks':
        return this.#who(change.kind);
      case 'unreadable':
        return this.#who(change.what);
    }
  }

  #who(what: Readable): Watcher[] {
    return [...this.#all].filter((watcher) => watcher.wants[what]);
  }
}

function keysOf(channels: ReadonlySet<number> | undefined): Iterable<number | undefined> {
  return channels ?? [undefined];
}

function put<Key>(map: Map<Key, Set<Watcher>>, key: Key, watcher: Watcher): void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(watcher));
}

function take<Key>(map: Map<Key, Set<Watcher>>, key: Key, watcher: Watcher): void {
  const set = map.get(key);
  set?.delete(watcher);
  if (set?.size === 0) map.delete(key);
}
