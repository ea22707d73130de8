import { type Interest, InvalidParameterError, type StateChange } from '../../../shared/index.js';
import { typeOf } from '../../message-names.js';
import { folded, wordsOf } from '../../words.js';

/** Kinds that come with the status of a camera and not as events. */
const statusKinds = ['online', 'recording'] as const;

export type StatusKind = (typeof statusKinds)[number];

/** Which events a node sends, as its form stores it. */
export interface WantedConfig {
  /** Numbers or names of cameras, separated by commas; empty: all. */
  readonly cameras?: string;
  /** Kinds and types of events, separated by commas; empty: all. */
  readonly kinds?: string;
  /** `active`: begins, `inactive`: ends; empty: both. */
  readonly state?: string;
}

/** Sets that are absent let everything through. */
export interface Wanted {
  readonly channels?: ReadonlySet<number>;
  /** Folded. */
  readonly names?: ReadonlySet<string>;
  readonly types?: readonly string[];
  readonly status: ReadonlySet<StatusKind>;
  readonly active?: boolean;
}

/** @throws InvalidParameterError when the state is none of the two, or a list no text */
export function readWanted({ cameras = '', kinds: list = '', state = '' }: WantedConfig): Wanted {
  if (state !== '' && state !== 'active' && state !== 'inactive') {
    throw new InvalidParameterError('state', `'${state}' is neither active nor inactive`);
  }
  const named = wordsOf(cameras, 'cameras');
  const numbers = named.filter((part) => /^\d+$/.test(part)).map(Number);
  const names = named.filter((part) => !/^\d+$/.test(part)).map(folded);
  const wanted = wordsOf(list, 'kinds');
  const isWanted = (kind: StatusKind) => wanted.length === 0 || wanted.some((word) => folded(word) === kind);
  const types = wanted.filter((word) => !statusKinds.some((kind) => kind === folded(word))).map(typeOf);
  return {
    ...(named.length > 0 && { channels: new Set(numbers), names: new Set(names) }),
    ...(wanted.length > 0 && { types }),
    status: new Set(statusKinds.filter(isWanted)),
    ...(state !== '' && { active: state === 'active' }),
  };
}

/** What the driver has to be asked for. A camera that is named by its name can be at any channel. */
export function interestOf({ channels, names, types, status }: Wanted): Interest {
  const where = names?.size ? {} : { channels };
  return {
    list: true,
    ...((types === undefined || types.length > 0) && { events: { ...where, types } }),
    ...(status.size > 0 && { cameras: where }),
  };
}

export function isWantedCamera({ channels, names }: Wanted, channel: number, name: string): boolean {
  return channels === undefined || channels.has(channel) || (names?.has(folded(name)) ?? false);
}

/** What changed in the status of cameras, of which the driver tells what it is now. */
export class StatusChanges {
  readonly #last = new Map<string, boolean>();

  /** What differs from what was known last; `first` where nothing was. What is not known changes nothing. */
  of({ channel, camera }: Extract<StateChange, { kind: 'camera' }>): {
    kind: StatusKind;
    active: boolean;
    first: boolean;
  }[] {
    return statusKinds.flatMap((kind) => {
      const active = camera?.[kind];
      const key = `${channel} ${kind}`;
      const last = this.#last.get(key);
      if (active === undefined || active === last) return [];
      this.#last.set(key, active);
      return [{ kind, active, first: last === undefined }];
    });
  }
}

/** Kinds at cameras of which the last begin is remembered; of more, the oldest is forgotten. Kinds are an open set. */
const MANY = 1024;

/** Lets the begin of one kind at one camera through once in so many ms, and its end where its begin was let through. */
export class Gap {
  /** The last begins that were let through, the oldest first. `held`: one after it was not. */
  readonly #begins = new Map<string, { readonly at: number; held: boolean }>();

  constructor(private readonly length: number) {}

  /** @param now `Clock.now()`, ms */
  passes(key: string, active: boolean, now: number): boolean {
    if (this.length === 0) return true;
    const last = this.#begins.get(key);
    if (!active) {
      const passes = !last?.held;
      if (last) last.held = false;
      return passes;
    }
    if (last && now - last.at < this.length) {
      last.held = true;
      return false;
    }
    this.#begins.delete(key);
    const [oldest] = this.#begins.keys();
    if (oldest !== undefined && this.#begins.size >= MANY) this.#begins.delete(oldest);
    this.#begins.set(key, { at: now, held: false });
    return true;
  }
}
