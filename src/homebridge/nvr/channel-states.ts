import type { ChannelStatus, EventChange, Nvr, NvrError, Subscription } from '../../shared/index.js';

/** The event type that HomeKit's motion sensor shows. */
const MOTION = 'Motion';

export interface ChannelStatesListener {
  /** What {@link ChannelStates} says of some channel may have changed. */
  changed(): void;
  /** Something happened at an alarm pin. */
  pins(): void;
  connected(): void;
  disconnected(error: NvrError | undefined): void;
}

/** What the NVR's two hooks say about its channels: status and motion. Nothing is believed without connection. */
export class ChannelStates {
  readonly #client: Nvr;
  readonly #subscriptions: readonly Subscription[];
  #statuses: ReadonlyMap<number, ChannelStatus> = new Map();

  constructor(client: Nvr, listener: ChannelStatesListener) {
    this.#client = client;
    this.#subscriptions = [
      client.cameraStatus.subscribe({
        message: (statuses) => {
          this.#statuses = new Map(statuses.map((status) => [status.channel, status]));
          listener.changed();
        },
        disconnected: () => {
          this.#statuses = new Map();
          listener.changed();
        },
      }),
      client.eventStates.subscribe({
        changed: (change) => {
          if (isPinEvent(change)) listener.pins();
          listener.changed();
        },
        unknown: () => listener.changed(),
        known: () => listener.changed(),
      }),
      // Neither connection nor its loss reaches the subscribers of the event states at once.
      client.events.subscribe({
        message: () => undefined,
        connected: () => listener.connected(),
        disconnected: (error) => listener.disconnected(error),
      }),
    ];
  }

  /** Whether the NVR reports this channel's events and has its camera on line. */
  reachable(channel: number): boolean {
    const status = this.#statuses.get(channel);
    return status !== undefined && status.online !== false && this.#client.eventStates.known;
  }

  /** Whether the camera sees motion. After a lost connection this is the last word until the NVR has been asked. */
  motion(channel: number): boolean {
    return this.#client.eventStates.active(channel).has(MOTION);
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }
}

/** Pins are the NVR's own (channel 0); their events are called `GPIO` or `InputAlarm` (SDK 9.17). */
function isPinEvent({ channel, type }: EventChange): boolean {
  return channel === 0 || type === 'GPIO' || type === 'InputAlarm';
}
