import type { Clock, Timer } from '../clock.js';
import { endsConnection, NvrError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Hook, Subscription } from '../push/hook.js';
import type { ChannelStatus, NvrEvent } from '../push/messages.js';
import type { SocketEnvironment } from '../link/reconnecting-socket.js';
import { tell } from '../push/tell.js';

/**
 * ms after which an `active` that is neither repeated nor ended is ended: a lost edge must not last. Where the channel's
 * status still says that there is an event, it gets the same time again.
 */
export const ACTIVE_LIMIT = 5 * 60_000;
/** ms for which an event without length (`once`) counts as active. */
export const PULSE_LENGTH = 5000;
/** A device that names ever new types must not fill the memory. */
const MAX_ACTIVE = 1000;
/** ms between the first tries to read the status after a reconnect; doubled each time. */
const FIRST_RETRY = 5000;
/** ms */
const LAST_RETRY = 60_000;

/** A change in what is believed of one (channel, type). */
export interface EventChange {
  readonly channel: number;
  readonly type: string;
  readonly active: boolean;
  /** The device said so, the status read after a reconnect said so, or nothing did for too long. */
  readonly cause: 'event' | 'reconciled' | 'expired';
}

export interface EventStatesListener {
  changed(change: EventChange): void;
  /** The connection is lost: states are unknown until they have been read again. */
  unknown?(error: NvrError | undefined): void;
  /** Connected, and the status has been read, unless this user may not. */
  known?(): void;
}

interface ActiveEvent {
  readonly channel: number;
  readonly type: string;
  expiry: Timer;
  /** An event without length. */
  readonly pulse: boolean;
  /** Reported within the current connection. */
  confirmed: boolean;
}

/**
 * Which events are active, believed only as far as the device's words carry: edges while connected; after a reconnect
 * `cameraStatus.Event` ends what it denies; a limit ends what neither is ended nor shows in that status.
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
  #reading: Promise<readonly ChannelStatus[]> | undefined;
  #connection = 0;
  #known = false;
  #complained = false;
  /** Why the hook tries no more. */
  #final: NvrError | undefined;

  /** @internal */
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

  /**
   * Whoever comes later is told at once that the states are known, or that they never will be. What is active then is no
   * change, so it is not told as one: ask {@link active}.
   */
  subscribe(listener: EventStatesListener): Subscription {
    if (this.#known) tell([listener], this.#logger, () => listener.known?.());
    else if (this.#final) tell([listener], this.#logger, () => listener.unknown?.(this.#final));
    this.#listeners.add(listener);
    this.#subscription ??= this.#hook.subscribe({
      message: (event) => this.#apply(event),
      connected: () => {
        this.#final = undefined;
        void this.#reconcile(++this.#connection);
      },
      disconnected: (error) => this.#disconnected(error),
    });
    return {
      close: () => {
        if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.close();
      },
    };
  }

  /** @internal */
  close(): void {
    this.#connection += 1;
    this.#listeners.clear();
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#retry?.cancel();
    for (const { expiry } of this.#active.values()) expiry.cancel();
    this.#active.clear();
    this.#known = false;
    this.#final = undefined;
  }

  #apply({ channel, type, state }: NvrEvent): void {
    const id = key(channel, type);
    if (state === 'inactive') return this.#end(id, 'event');
    const before = this.#active.get(id);
    const pulse = state === 'once';
    if (pulse && before && !before.pulse) return;
    if (!before && this.#active.size >= MAX_ACTIVE) return;
    before?.expiry.cancel();
    const expiry = pulse
      ? this.#clock.after(PULSE_LENGTH, () => this.#end(id, 'event'))
      : this.#clock.after(ACTIVE_LIMIT, () => this.#limitReached(id));
    this.#active.set(id, { channel, type, expiry, pulse, confirmed: true });
    if (!before) this.#tell({ channel, type, active: true, cause: 'event' });
  }

  #limitReached(id: string): void {
    const event = this.#active.get(id);
    // The NVR's own events have no status.
    if (!event || event.channel === 0) return this.#end(id, 'expired');
    void this.#showsInStatus(event.channel).then((shows) => {
      // Reported again, ended, or closed meanwhile.
      if (this.#active.get(id) !== event) return;
      if (!shows) return this.#end(id, 'expired');
      event.expiry = this.#clock.after(ACTIVE_LIMIT, () => this.#limitReached(id));
    });
  }

  /** Events that reach their limit together share one read. */
  async #showsInStatus(channel: number): Promise<boolean> {
    this.#reading ??= this.#readStatuses().finally(() => (this.#reading = undefined));
    try {
      return (await this.#reading).some((status) => status.channel === channel && status.event);
    } catch {
      return false;
    }
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
    if (endsConnection(error)) this.#final = error;
    for (const event of this.#active.values()) event.confirmed = false;
    tell(this.#listeners, this.#logger, (listener) => listener.unknown?.(error));
  }

  async #reconcile(connection: number, delay = FIRST_RETRY): Promise<void> {
    let statuses: readonly ChannelStatus[] | undefined;
    try {
      statuses = await this.#readStatuses();
    } catch (error) {
      if (connection !== this.#connection) return;
      if (!(error instanceof NvrError) || error.recoverable) {
        const next = Math.min(2 * delay, LAST_RETRY);
        this.#retry = this.#clock.after(delay, () => void this.#reconcile(connection, next));
        return;
      }
      this.#complain(error);
    }
    if (connection !== this.#connection) return;
    if (statuses) this.#endDenied(statuses);
    else this.#endUnconfirmed('expired', () => true);
    this.#known = true;
    tell(this.#listeners, this.#logger, (listener) => listener.known?.());
  }

  #endDenied(statuses: readonly ChannelStatus[]): void {
    const quiet = new Set(statuses.filter(({ event }) => event === false).map(({ channel }) => channel));
    // The NVR's own events (channel 0) have no status: what the connection lost is taken as ended.
    this.#endUnconfirmed('reconciled', (channel) => channel === 0 || quiet.has(channel));
  }

  #endUnconfirmed(cause: EventChange['cause'], ended: (channel: number) => boolean): void {
    for (const [id, { channel, confirmed }] of [...this.#active]) {
      if (!confirmed && ended(channel)) this.#end(id, cause);
    }
  }

  #complain(error: NvrError): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#logger.warn(
      `the camera status cannot be read, so events are ended whenever the connection was lost: ${error.message}`,
    );
  }

  #tell(change: EventChange): void {
    tell(this.#listeners, this.#logger, (listener) => listener.changed(change));
  }
}

function key(channel: number, type: string): string {
  return `${channel} ${type}`;
}
