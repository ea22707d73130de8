import type { API, CameraController, PlatformAccessory, Service } from 'homebridge';
import {
  type Clock,
  findEvents,
  type Logger,
  type Nvr,
  type PastEvent,
  type Subscription,
  type Timer,
} from '../../shared/index.js';
import { type Moment, PastFeed, showTime } from '../../shared/internal.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import type { NvrOfAccessory, PastContext } from '../accessories/context.js';
import { SERVICE_COMMUNICATION_FAILURE } from '../accessories/hap-values.js';
import { homekitName, informationText } from '../accessories/homekit-text.js';
import { keepChosenName, namedService } from '../accessories/named-service.js';
import { INPUT_EVENT } from '../config/ringer.js';
import { attachController, CameraStreaming, type HomeKitWays } from '../camera-streaming.js';
import { AskingConnections } from '../live/asking-connections.js';
import { FULL_VOLUME, VolumeControl } from '../live/volume-control.js';
import type { PicturePool } from '../snapshot/picture-pool.js';
import { dayBefore, momentOf } from './moments.js';
import { eventBy, NvrClock } from './nvr-clock.js';

/** ms */
const BACK = 30_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days in which the last event is looked for. */
const MAX_DAYS = 7;
/** Events of one search: the most that the driver finds. */
const MAX_EVENTS = 100_000;
/** ms after which a switch that was pressed is off again. */
const PRESSED = 1000;
/** ms that a playback stays open after its last viewer. */
const LINGER = 5000;

export interface PastCameraOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<PastContext>;
  readonly client: Nvr;
  readonly ffmpeg: Ffmpeg;
  readonly pictures: PicturePool | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The camera that somebody watched last in Home; `undefined`: none yet. */
  readonly watched: () => number | undefined;
  /** What is not shown in Home is not shown here. */
  readonly isHidden: (channel: number) => boolean;
  /** Types of events that are played, beside motion and alarm inputs. */
  readonly types: readonly string[];
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

interface Found {
  readonly moment: Moment;
  readonly what: string;
  readonly event?: PastEvent;
}

/** Of the camera itself among the names that its user has chosen. */
const OWN_NAME = 'past';

/** What a press of a switch asks for; `undefined`: there is none. */
type Wish = (signal: AbortSignal) => Promise<Found | undefined>;

/**
 * A camera in HomeKit that plays what the NVR has recorded, and a switch for each moment that can be asked for. Of all
 * the NVR's cameras, one at a time: which, the event tells, or who watched a camera last. Moments are by our clock.
 */
export class PastCamera {
  readonly platformAccessory: PlatformAccessory<PastContext>;
  readonly #options: PastCameraOptions;
  readonly #feed: PastFeed;
  readonly #nvrClock: NvrClock;
  readonly #streaming: CameraStreaming;
  readonly #subscription: Subscription;
  readonly #pressed = new Set<Timer>();
  /** The event that is shown, if it is one that was asked for. */
  #event: PastEvent | undefined;
  #asking = new AbortController();

  constructor(options: PastCameraOptions) {
    const { api, accessory, client, clock, logger, save } = options;
    const { hap } = api;
    this.#options = options;
    this.platformAccessory = accessory;
    this.#nvrClock = new NvrClock(options);
    this.#feed = new PastFeed({
      play: ({ channel, time }) => client.playback({ channel, stream: 'main', from: time }),
      ahead: () => this.#nvrClock.ahead,
      otherwise: () => this.#before(BACK),
      ...{ clock, logger, lingerMs: LINGER },
    });
    const ways: HomeKitWays = {
      asking: new AskingConnections(hap),
      ...{ microphone: new VolumeControl(), speaker: new VolumeControl() },
    };
    this.#streaming = new CameraStreaming({
      ...options,
      ...{ hap, ways, channel: 0, talk: false, name: accessory.displayName },
      client: {
        limits: client.limits,
        feed: (_channel, stream) => this.#feed.as(stream),
        talk: () => Promise.reject(new Error('nobody hears the past')),
      },
    });
    const controller: CameraController = attachController({
      ...{ hap, accessory, ways, options: this.#streaming.controllerOptions },
      volumes: { microphone: FULL_VOLUME, speaker: FULL_VOLUME, ...accessory.context },
      changed: (volumes) => {
        accessory.context = { ...accessory.context, ...volumes };
        save();
      },
    });
    this.#streaming.controller = controller;
    this.#offer('last-event', 'Last event', (signal) => this.#lastEvent(signal));
    this.#offer('next-event', 'Next event', (signal) => this.#nextEvent(signal));
    this.#offer('back', '30 seconds back', async () => told(this.#before(BACK), 'again'));
    this.#offer('yesterday', 'Yesterday at this time', async () => told(this.#yesterday(), 'a day before'));
    const information = accessory.getService(hap.Service.AccessoryInformation);
    information?.addOptionalCharacteristic(hap.Characteristic.ConfiguredName);
    if (information) keepChosenName(hap, accessory, information, OWN_NAME, save);
    this.#subscription = client.state.watch({}, (change) => {
      if (change.kind !== 'connection') return;
      const { is } = change.connection;
      if (is === 'connected') this.#nvrClock.connected();
      else this.#nvrClock.lost();
      this.#streaming.obstacle = is === 'away' || is === 'rejected' ? 'the NVR is away' : undefined;
    });
  }

  /** Why nothing can be played, as far as it is known. */
  get obstacle(): string | undefined {
    return this.#streaming.obstacle;
  }

  describe(nvr: NvrOfAccessory): void {
    const { hap } = this.#options.api;
    const accessory = this.platformAccessory;
    const name = nameOf(nvr);
    if (accessory.displayName !== name) accessory.updateDisplayName(name);
    accessory
      .getService(hap.Service.AccessoryInformation)
      ?.updateCharacteristic(hap.Characteristic.Name, name)
      .updateCharacteristic(hap.Characteristic.Manufacturer, 'EverFocus')
      .updateCharacteristic(hap.Characteristic.Model, 'Recordings')
      .updateCharacteristic(hap.Characteristic.SerialNumber, informationText(nvr.serial, nvr.address));
    accessory.context = { ...accessory.context, nvr };
    this.#name();
  }

  /** Resolves when nothing plays, and no port and no child process is left. */
  async close(): Promise<void> {
    this.#asking.abort();
    this.#subscription.close();
    for (const timer of this.#pressed) timer.cancel();
    this.#nvrClock.close();
    this.#feed.close();
    await this.#streaming.close();
  }

  /**
   * Its name says from when on it plays, since pictures that are copied have no room for it; not where its user has given it
   * another one.
   */
  #name(): void {
    const { api, accessory, clock } = this.#options;
    const { Service, Characteristic } = api.hap;
    if (accessory.context.names?.[OWN_NAME] !== undefined) return;
    const { asked } = this.#feed;
    const name = nameOf(accessory.context.nvr);
    const shown = asked ? homekitName(`${name} ${momentInName(asked.time, clock.wall())}`, name) : name;
    accessory.getService(Service.AccessoryInformation)?.updateCharacteristic(Characteristic.ConfiguredName, shown);
  }

  /** A switch that goes off by itself. */
  #offer(subtype: string, name: string, wish: Wish): void {
    const { api, clock, save } = this.#options;
    const { hap } = api;
    const { On } = hap.Characteristic;
    const service: Service = namedService(hap, this.platformAccessory, hap.Service.Switch, name, name, subtype);
    keepChosenName(hap, this.platformAccessory, service, subtype, save);
    service.updateCharacteristic(On, false);
    service.getCharacteristic(On).onSet((value) => {
      if (value !== true) return;
      const timer = clock.after(PRESSED, () => {
        this.#pressed.delete(timer);
        service.updateCharacteristic(On, false);
      });
      this.#pressed.add(timer);
      if (this.obstacle !== undefined) throw new hap.HapStatusError(SERVICE_COMMUNICATION_FAILURE);
      void this.#ask(name, wish);
    });
  }

  /** The last press counts. Never rejects. */
  async #ask(name: string, wish: Wish): Promise<void> {
    const { logger } = this.#options;
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    try {
      await this.#nvrClock.read();
      if (signal.aborted) return;
      const found = await wish(signal);
      if (signal.aborted) return;
      if (!found) return void logger.info(`${name}: there is none`);
      const { moment, what, event } = found;
      this.#event = event;
      logger.info(`${name}: plays camera ${moment.channel} from ${showTime(new Date(moment.time))} on (${what})`);
      this.#feed.show(moment);
      this.#name();
    } catch (error) {
      if (!signal.aborted) logger.warn(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** So long before what is being shown, else before now. @param ms */
  #before(ms: number): Moment | undefined {
    const shown = this.#shown();
    return shown && { ...shown, time: shown.time - ms };
  }

  #yesterday(): Moment | undefined {
    const shown = this.#shown();
    return shown && { ...shown, time: dayBefore(shown.time) };
  }

  /** What is being shown of the past, else the present of the camera that was watched last. */
  #shown(): Moment | undefined {
    const { clock, watched } = this.#options;
    const channel = watched() ?? this.#channels()[0];
    return this.#feed.position ?? (channel === undefined ? undefined : { channel, time: clock.wall() });
  }

  #channels(): readonly number[] {
    const { client, isHidden } = this.#options;
    return (client.state.cameras ?? []).map(({ channel }) => channel).filter((channel) => !isHidden(channel));
  }

  async #lastEvent(signal: AbortSignal): Promise<Found | undefined> {
    const now = this.#options.clock.wall();
    // Most often it is not far; a whole day may be long.
    const spans = [
      [now - HOUR, now],
      ...Array.from({ length: MAX_DAYS }, (_, day) => [now - (day + 1) * DAY, now - day * DAY]),
    ];
    for (const [from = now, to = now] of spans) {
      const event = (await this.#events(from, to, MAX_EVENTS, signal)).at(-1);
      if (event) return foundEvent(event);
    }
    return undefined;
  }

  async #nextEvent(signal: AbortSignal): Promise<Found | undefined> {
    const now = this.#options.clock.wall();
    // An event is shown from some seconds before it on.
    const shown = Math.max((this.#feed.position ?? this.#feed.asked)?.time ?? 0, this.#event?.from.getTime() ?? 0);
    if (shown === 0 || shown >= now) return undefined;
    const events = await this.#events(shown, now, 1000, signal);
    const event = events.find(({ from }) => from.getTime() > shown);
    return event && foundEvent(event);
  }

  /** The oldest first. @param from ms @param to ms */
  async #events(from: number, to: number, limit: number, signal: AbortSignal): Promise<readonly PastEvent[]> {
    const { client } = this.#options;
    const [channels, types] = [this.#channels(), [...new Set(['Motion', INPUT_EVENT, ...this.#options.types])]];
    const { ahead } = this.#nvrClock;
    // The clock of an NVR without a battery begins in 1970.
    const range = { from: Math.max(0, from + ahead), to: to + ahead };
    if (range.to <= range.from) return [];
    const { items } = await findEvents(client, { channels, types, limit, ...range }, { signal });
    return items.map((event) => eventBy(event, -ahead));
  }
}

export function nameOf({ name }: NvrOfAccessory): string {
  return homekitName(`${name} past`, 'Past');
}

/** `14:32`, after the date where it was another day. @param time ms @param now ms */
function momentInName(time: number, now: number): string {
  const [date = '', clock = ''] = showTime(new Date(time)).split(' ');
  const isToday = showTime(new Date(now)).startsWith(date);
  return `${isToday ? '' : `${date.slice(5)} `}${clock.slice(0, 5)}`;
}

function told(moment: Moment | undefined, what: string): Found | undefined {
  return moment && { moment, what };
}

function foundEvent(event: PastEvent): Found {
  return { moment: momentOf(event), what: event.type, event };
}
