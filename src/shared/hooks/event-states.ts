import type { Clock, Timer } from '../clock.js';
import type { NvrError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Hook, Subscription } from './hook.js';
import type { ChannelStatus, NvrEvent } from './messages.js';
import type { SocketEnvironment } from './reconnecting-socket.js';
import { tell } from './tell.js';

/** ms after which an `active` that is neither repeated nor ended is ended: a lost edge must not last. */
export const ACTIVE_LIMIT = 5 * 60_000;
/** ms for which an event without length (`once`) counts as active. */
export const PULSE_LENGTH = 5000;
/** A device that names ever new types must not fill the memory. */
const MAX_ACTIVE = 1000;
/** ms between tries to read the status after a reconnect. */
const RECONCILE_RETRY = 5000;

/** A change in what is believed of one (channel, type). */
export interface EventChange {
  readonly channel: number;
  readonly type: string;
  readonly active: boolean;
  /** The device said so, the status read after a reconnect said so, or the limit ended it. */
  readonly cause: 'event' | 'reconciled' | 'expired';
}

export interface EventStatesListener {
  changed(change: EventChange): void;
  /** The connection is lost: states are unknown until they have been read again. */
  unknown?(error: NvrError | undefined): void;
  /** Connected, and the status has been read. */
  known?(): void;
}

interface ActiveEvent {
  readonly channel: number;
  readonly type: string;
  readonly expiry: Timer;
  /** An event without length. */
  readonly pulse: boolean;
  /** Reported within the current connection. */
  confirmed: boolean;
}

/**
 * Which events are active, believed only as far as the device's words carry: edges while connected; after a reconnect
 * `cameraStatus.Event` ends what it denies; a limit ends what nobody ends.
 */
export class EventStates {
  readonly #hook: Hook<NvrEvent>;
  readonly #readStatuses: () => Promise<readonly ChannelStatus[]>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<EventStatesListener>();
  readonly #active = new Map<string, ActiveEvent>();
  #subscription: Subscription | undefined;
  #retry: Timer | undefined;
  #connection = 0;
  #known = false;

  constructor(
    hook: Hook<NvrEvent>,
    readStatuses: () => Promise<readonly ChannelStatus[]>,
    { clock, logger }: Pick<SocketEnvironment, 'clock' | 'logger'>,
  ) {
    this.#hook = hook;
    this.#readStatuses = readStatuses;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The types that are active at a channel. */
  active(channel: number): ReadonlySet<string> {
    return new Set([...this.#active.values()].filter((event) => event.channel === channel).map(({ type }) => type));
  }

  /** Whether the states are those of the current connection. */
  get known(): boolean {
    return this.#known;
  }

  subscribe(listener: EventStatesListener): Subscription {
    this.#listeners.add(listener);
    this.#subscription ??= this.#hook.subscribe({
      message: (event) => this.#apply(event),
      connected: () => void this.#reconcile(++this.#connection),
      disconnected: (error) => this.#disconnected(error),
    });
    return {
      close: () => {
        if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.close();
      },
    };
  }

  close(): void {
    this.#connection += 1;
    this.#listeners.clear();
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#retry?.cancel();
    for (const { expiry } of this.#active.values()) expiry.cancel();
    this.#active.clear();
    this.#known = false;
  }

  #apply({ channel, type, state }: NvrEvent): void {
    if (state === 'inactive') return this.#end(key(channel, type), 'event');
    const before = this.#active.get(key(channel, type));
    const pulse = state === 'once';
    if (pulse && before && !before.pulse) return;
    if (!before && this.#active.size >= MAX_ACTIVE) return;
    before?.expiry.cancel();
    const expiry = this.#clock.after(pulse ? PULSE_LENGTH : ACTIVE_LIMIT, () =>
      this.#end(key(channel, type), pulse ? 'event' : 'expired'),
    );
    this.#active.set(key(channel, type), { channel, type, expiry, pulse, confirmed: true });
    if (!before) this.#tell({ channel, type, active: true, cause: 'event' });
  }

  #end(id: string, cause: EventChange['cause']): void {
    const event = this.#active.get(id);
    if (!event) return;
    event.expiry.cancel();
    this.#active.delete(id);
    this.#tell({ channel: event.channel, type: event.type, active: false, cause });
  }

  #disconnected(error: NvrError | undefined): void {
    this.#connection += 1;
    this.#retry?.cancel();
    this.#known = false;
    for (const event of this.#active.values()) event.confirmed = false;
    tell(this.#listeners, this.#logger, (listener) => listener.unknown?.(error));
  }

  async #reconcile(connection: number): Promise<void> {
    let statuses: readonly ChannelStatus[];
    try {
      statuses = await this.#readStatuses();
    } catch {
      if (connection !== this.#connection) return;
      this.#retry = this.#clock.after(RECONCILE_RETRY, () => void this.#reconcile(connection));
      return;
    }
    if (connection !== this.#connection) return;
    const quiet = new Set(statuses.filter(({ event }) => event === false).map(({ channel }) => channel));
    for (const [id, { channel, confirmed }] of [...this.#active]) {
      // The NVR's own events (channel 0) have no status: what the connection lost is taken as ended.
      if (!confirmed && (quiet.has(channel) || channel === 0)) this.#end(id, 'reconciled');
    }
    this.#known = true;
    tell(this.#listeners, this.#logger, (listener) => listener.known?.());
  }

  #tell(change: EventChange): void {
    tell(this.#listeners, this.#logger, (listener) => listener.changed(change));
  }
}

function key(channel: number, type: string): string {
  return `${channel} ${type}`;
}
