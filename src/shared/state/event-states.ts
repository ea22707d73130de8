import type { Clock, Timer } from '../clock.js';
import { endsConnection, NvrError } from '../errors.js';
import type { LimitCounters } from '../limit-counters.js';
import type { Logger } from '../logger.js';
import type { Hook, Subscription } from '../push/hook.js';
import type { ChannelStatus, NvrEvent } from '../push/messages.js';
import { tell } from '../push/tell.js';
import { ActiveEvents, type EventChange, type EventFact } from './active-events.js';
import { ChangePacer, type DroppedChanges } from './change-pacer.js';

/** ms between the first tries to read the status after a reconnect; doubled each time. */
const FIRST_RETRY = 5000;
/** ms */
const LAST_RETRY = 60_000;

export interface EventStatesListener {
  changed(change: EventChange): void;
  /** A flood: so many changes were not told; told when the second is over, at once before the change that comes of it. */
  dropped?(dropped: DroppedChanges): void;
  /** The connection is lost: states are unknown until they have been read again. */
  unknown?(error: NvrError | undefined): void;
  /** Connected, and the status has been read, unless this user may not. */
  known?(): void;
}

/** What the states of events need of their surroundings. */
export interface EventStatesEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: LimitCounters | undefined;
  /** Whether anybody named this type of event. */
  readonly isAskedFor?: (type: string) => boolean;
}

/**
 * Which events are active, believed only as far as the NVR's words carry: edges while connected; after a reconnect
 * `cameraStatus.Event` ends what it denies. What is active for 5 minutes without being reported again is checked against
 * that status, and ends where the status does not show it; after 30 minutes it ends whatever the status shows, but for
 * `VideoLoss`, which lasts until somebody mends it.
 *
 * Of more than 10 changes of one (channel, type) in a second the last is told when the second is over, and before it how
 * many were not.
 */
export class EventStates {
  readonly #hook: Hook<NvrEvent>;
  readonly #readStatuses: () => Promise<readonly ChannelStatus[]>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<EventStatesListener>();
  readonly #active: ActiveEvents;
  readonly #pacer: ChangePacer;
  #subscription: Subscription | undefined;
  #retry: Timer | undefined;
  #due: Timer | undefined;
  #dueAt = Infinity;
  #checking = false;
  #connection = 0;
  #known = false;
  #statuses: readonly ChannelStatus[] = [];
  #complained = false;
  /** Why the hook tries no more. */
  #final: NvrError | undefined;

  /** @internal */
  constructor(
    hook: Hook<NvrEvent>,
    readStatuses: () => Promise<readonly ChannelStatus[]>,
    { clock, logger, limits, isAskedFor }: EventStatesEnvironment,
  ) {
    this.#hook = hook;
    this.#readStatuses = readStatuses;
    this.#clock = clock;
    this.#logger = logger;
    this.#active = new ActiveEvents(isAskedFor, ({ channel }, limit) =>
      limits?.hit(limit, `events of channel ${channel}`, 'types that nobody asked for are passed over'),
    );
    this.#pacer = new ChangePacer(
      clock,
      (change) => tell(this.#listeners, logger, (listener) => listener.changed(change)),
      (dropped) => {
        const { channel, changes } = dropped;
        const what = 'of a flood the last change is told';
        limits?.hit('state.changesPerSecond', `events of channel ${channel}`, what, changes);
        tell(this.#listeners, logger, (listener) => listener.dropped?.(dropped));
      },
    );
  }

  /** The types that are active at a channel, by the changes that were told: one that waits for its turn is not yet so. */
  active(channel: number): ReadonlySet<string> {
    return this.#pacer.asTold(channel, this.#active.at(channel));
  }

  /** Channels at which something is active. @internal */
  get channels(): Iterable<number> {
    return this.#active.channels;
  }

  /** Whether the states are those of the current connection. */
  get known(): boolean {
    return this.#known;
  }

  /** What the status said when it was read for this connection: whether any event, of whatever type, was active. @internal */
  get statuses(): readonly ChannelStatus[] {
    return this.#statuses;
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
      message: (event) => this.#apply({ is: 'edge', event }),
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

  /** A status that came by itself. @internal */
  hear(statuses: readonly ChannelStatus[]): void {
    if (this.#known) this.#apply({ is: 'status', statuses });
  }

  /** @internal */
  close(): void {
    this.#connection += 1;
    this.#listeners.clear();
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#retry?.cancel();
    this.#due?.cancel();
    this.#dueAt = Infinity;
    this.#pacer.clear();
    this.#active.clear();
    this.#known = false;
    this.#statuses = [];
    this.#final = undefined;
  }

  #apply(fact: EventFact): void {
    for (const change of this.#active.apply(fact, this.#clock.now())) this.#pacer.push(change);
    this.#schedule();
  }

  /** One timer for all, which is moved only where it would come too late: a flood of reports costs none. */
  #schedule(): void {
    const { nextDue } = this.#active;
    if (nextDue >= this.#dueAt) return;
    this.#due?.cancel();
    this.#dueAt = nextDue;
    this.#due = this.#clock.after(Math.max(0, nextDue - this.#clock.now()), () => {
      this.#dueAt = Infinity;
      this.#apply({ is: 'time' });
      void this.#check();
    });
  }

  /** Events that reach their limit together share one read. */
  async #check(): Promise<void> {
    if (this.#checking || !this.#active.needsCheck) return;
    this.#checking = true;
    const subscription = this.#subscription;
    const statuses = await this.#readStatuses().catch(() => undefined);
    this.#checking = false;
    if (subscription === this.#subscription) this.#apply({ is: 'checked', statuses });
  }

  #disconnected(error: NvrError | undefined): void {
    this.#connection += 1;
    this.#retry?.cancel();
    this.#known = false;
    this.#statuses = [];
    if (endsConnection(error)) this.#final = error;
    this.#apply({ is: 'lost' });
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
    this.#apply({ is: 'reconnected', statuses });
    this.#statuses = statuses ?? [];
    this.#known = true;
    tell(this.#listeners, this.#logger, (listener) => listener.known?.());
  }

  #complain(error: NvrError): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#logger.warn(
      `the camera status cannot be read, so events are ended whenever the connection was lost: ${error.message}`,
    );
  }
}
