import type { API } from 'homebridge';
import {
  type Clock,
  type DeviceStore,
  type Logger,
  Nvr,
  type StateChange,
  type Subscription,
  type Timer,
  within,
} from '../../shared/index.js';
import type { NvrOfAccessory } from '../accessories/context.js';
import type { Recogniser } from '../accessories/ownership.js';
import type { AccessoryRegistry, EverFocusAccessory } from '../accessories/registry.js';
import { addressOf, type NvrConfiguration } from '../config.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { StandingStreams } from '../live/standing-streams.js';
import type { PicturePool } from '../snapshot/picture-pool.js';
import { ConnectionLog } from './connection-log.js';
import { type Inventory, inventoryOf, type NvrInformation } from './inventory.js';
import { NvrAccessories } from './nvr-accessories.js';
import { NvrFinder, type SearchPlace } from './nvr-finder.js';

/** ms between readings of the list while something is missing: a recorder that is just starting lists its cameras one after the other. */
const SHORT_INTERVAL = 30_000;
/** ms that ending streams and pulses may take. */
const CLOSE_LIMIT = 1000;

export interface NvrControllerOptions {
  readonly configuration: NvrConfiguration;
  readonly api: API;
  readonly ffmpeg: Ffmpeg;
  /** Makes the snapshots of all cameras of all NVRs; `undefined` where there is no ffmpeg. */
  readonly pictures: PicturePool | undefined;
  /** Already says which NVR it is about. */
  readonly logger: Logger;
  readonly clock: Clock;
  /** Remembers certificates, dialects and MAC addresses. */
  readonly store: DeviceStore;
  /** Where it is searched for while it is away. */
  readonly searchPlace: SearchPlace;
  readonly registry: AccessoryRegistry;
  /** Accessories from the cache that belong to this NVR. */
  readonly restored: readonly EverFocusAccessory[];
  /**
   * The NVR has answered for the first time: hands over accessories from the cache that turn out to be its own. Called
   * again while the NVR does not tell what it is: `undefined`.
   */
  readonly firstRead: (
    recogniser: Recogniser,
    information: NvrInformation | undefined,
  ) => readonly EverFocusAccessory[];
}

/** One configured NVR in HomeKit: finds what it has, and keeps its accessories right. */
export class NvrController {
  readonly #options: NvrControllerOptions;
  readonly #address: string;
  readonly #client: Nvr;
  readonly #log: ConnectionLog;
  readonly #accessories: NvrAccessories;
  readonly #finder: NvrFinder;
  readonly #subscription: Subscription;
  /** What has been told within this connection. */
  #told: { readonly device?: true; readonly cameras?: true; readonly pins?: true } = {};
  /** The NVR does not tell what it is, as far as is known: its user may not have the right to ask. */
  #nameless = false;
  /** Accessories are changed by one reading after the other. */
  #turn: Promise<void> = Promise.resolve();
  #soon: Timer | undefined;
  #read = false;
  #closing: Promise<void> | undefined;

  constructor(options: NvrControllerOptions) {
    const { configuration, logger, clock, store } = options;
    const { host, port, https, fingerprint, username, password } = configuration;
    this.#options = options;
    this.#address = addressOf(configuration);
    const trust = fingerprint === undefined ? {} : { fingerprint };
    this.#client = new Nvr({ host, port, https, ...trust, username, password, logger, clock, store });
    this.#log = new ConnectionLog(logger);
    const standing = configuration.instant ? new StandingStreams(this.#client, clock) : undefined;
    this.#accessories = new NvrAccessories({ ...options, client: this.#client, standing });
    this.#finder = new NvrFinder({ ...options, client: this.#client, place: options.searchPlace });
    this.#accessories.restore(options.restored);
    this.#subscription = this.#client.state.watch({ device: true, list: true, pins: true }, (change) =>
      this.#heard(change),
    );
  }

  get configuration(): NvrConfiguration {
    return this.#options.configuration;
  }

  /** The one connection to it, for whoever else tells of it. */
  get client(): Nvr {
    return this.#client;
  }

  /** Closes everything that belongs to this NVR, within 2 s. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #heard(change: StateChange): void {
    switch (change.kind) {
      case 'connection': {
        const { connection } = change;
        if (connection.is === 'connected') return void this.#finder.connected();
        this.#told = {};
        if (connection.is === 'unknown') return;
        this.#log.lost(connection.error);
        this.#finder.lost();
        return;
      }
      case 'unreadable':
        if (change.what !== 'device') return this.#log.lost(change.error);
        this.#nameless = true;
        this.#options.logger.warn(
          `the NVR does not tell its serial number and model (${change.error.message}). Its cameras are shown all the same.`,
        );
        return this.#takeOver();
      case 'device':
        this.#nameless = false;
        this.#told = { ...this.#told, device: true };
        return this.#takeOver();
      case 'cameras':
      case 'pins':
        this.#told = { ...this.#told, [change.kind]: true };
        return this.#takeOver();
      default:
    }
  }

  /**
   * Once all of it has been read within this connection: a list of before would not be news. What the NVR is need not be
   * known: cameras matter more.
   */
  #takeOver(): void {
    const { device, cameras, pins } = this.#client.state;
    const { device: told } = this.#told;
    if (!(told ?? this.#nameless) || !this.#told.cameras || !this.#told.pins || !cameras) return;
    const inventory = inventoryOf(told && device, cameras, pins);
    const turn = async () => {
      if (this.#closing) return;
      const complete = await this.#bringIntoLine(inventory);
      this.#log.connected(summary(inventory));
      this.#soon?.cancel();
      if (complete || this.#closing) return;
      this.#soon = this.#options.clock.after(SHORT_INTERVAL, () => void this.#client.state.refresh('list'));
    };
    // Whatever goes wrong with one list must not end Homebridge, nor keep the next from being looked at.
    this.#turn = this.#turn.then(turn).catch((error: unknown) => {
      this.#options.logger.error(`the accessories could not be brought into line: ${String(error)}`);
    });
  }

  /** Returns whether nothing is missing. */
  async #bringIntoLine(inventory: Inventory): Promise<boolean> {
    if (!this.#read) {
      const { information } = inventory;
      const own = this.#accessories.recogniser(inventory, this.#nvrOf(inventory));
      this.#accessories.restore(this.#options.firstRead(own, information));
      this.#read = information !== undefined;
    }
    return this.#accessories.takeOver(inventory, this.#nvrOf(inventory));
  }

  /** An NVR that does not tell what it is stays the one that its accessories come from. */
  #nvrOf({ information }: Inventory): NvrOfAccessory {
    const { name } = this.#options.configuration;
    const serial = information ? information.serial : this.#accessories.serial;
    return { name, address: this.#address, ...(serial !== undefined && { serial }) };
  }

  async #close(): Promise<void> {
    this.#subscription.close();
    this.#finder.close();
    this.#soon?.cancel();
    await within(this.#options.clock, CLOSE_LIMIT, this.#accessories.close(), () => undefined);
    await this.#client.close();
  }
}

function summary({ information, cameras, pins }: Inventory): string {
  const device = [information?.model, information?.software].filter(Boolean).join(' ');
  const parts = [
    device,
    `${cameras.filter(({ enabled }) => enabled).length} cameras`,
    `${pins?.outputs.length ?? 0} alarm outputs`,
    `${pins?.inputs.length ?? 0} alarm inputs`,
  ];
  return parts.filter(Boolean).join(', ');
}
