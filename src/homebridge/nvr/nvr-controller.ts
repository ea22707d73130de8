import type { API } from 'homebridge';
import { type Clock, type DeviceStore, type Logger, Nvr } from '../../shared/index.js';
import type { AccessoryRegistry, EverFocusAccessory } from '../accessories/registry.js';
import { addressOf, type NvrConfiguration } from '../config.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import type { PicturePool } from '../snapshot/picture-pool.js';
import { ChannelStates } from './channel-states.js';
import { ConnectionLog, worthRetrying } from './connection-log.js';
import { readInventory, type Inventory } from './inventory.js';
import { NvrAccessories } from './nvr-accessories.js';
import { Repeater } from './repeater.js';

/** ms between readings of the camera list. */
const INVENTORY_INTERVAL = 3 * 60_000;
/** Likewise while something is missing: a recorder that is just starting lists its cameras one after the other. */
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
  /** Remembers certificates and dialects. */
  readonly store: DeviceStore;
  readonly registry: AccessoryRegistry;
  /** Accessories from the cache that belong to this NVR. */
  readonly restored: readonly EverFocusAccessory[];
  /** The NVR has answered for the first time: hands over accessories from the cache that turn out to be its own. */
  readonly firstRead: (
    isOwn: (accessory: EverFocusAccessory) => boolean,
    serial: string | undefined,
  ) => readonly EverFocusAccessory[];
}

/** One configured NVR in HomeKit: finds what it has, keeps its accessories right, follows what it reports. */
export class NvrController {
  readonly #options: NvrControllerOptions;
  readonly #address: string;
  readonly #client: Nvr;
  readonly #log: ConnectionLog;
  readonly #accessories: NvrAccessories;
  readonly #inventory: Repeater;
  #states: ChannelStates | undefined;
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
    this.#accessories = new NvrAccessories({ ...options, client: this.#client });
    this.#accessories.restore(options.restored);
    this.#inventory = new Repeater({
      task: () => this.#readInventory(),
      worthRepeating: worthRetrying,
      clock,
    });
    void this.#inventory.now();
  }

  /** Closes everything that belongs to this NVR, within 2 s. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #readInventory(): Promise<number> {
    try {
      const inventory = await readInventory(this.#client);
      if (this.#closing) return INVENTORY_INTERVAL;
      const complete = await this.#takeOver(inventory);
      this.#log.connected(summary(inventory));
      return complete ? INVENTORY_INTERVAL : SHORT_INTERVAL;
    } catch (error) {
      if (!this.#closing) this.#log.lost(error);
      throw error;
    }
  }

  /** Returns whether nothing is missing. */
  async #takeOver(inventory: Inventory): Promise<boolean> {
    const { serial } = inventory.information;
    const { name } = this.#options.configuration;
    const nvr = { name, address: this.#address, ...(serial !== undefined && { serial }) };
    if (!this.#read) {
      const own = this.#accessories.recogniser(inventory, nvr);
      this.#accessories.restore(this.#options.firstRead(own, serial));
    }
    this.#read = true;
    const complete = await this.#accessories.takeOver(inventory, nvr);
    this.#states ??= this.#follow();
    this.#accessories.show(this.#states);
    return complete;
  }

  #follow(): ChannelStates {
    let connectedBefore = false;
    return new ChannelStates(this.#client, {
      changed: () => {
        if (this.#states) this.#accessories.show(this.#states);
      },
      pins: () => this.#accessories.refreshPins(),
      connected: () => {
        // What was believed before a lost connection is read again, the camera list included.
        if (connectedBefore) void this.#inventory.now();
        connectedBefore = true;
      },
      disconnected: (error) => this.#log.lost(error),
    });
  }

  async #close(): Promise<void> {
    this.#inventory.close();
    this.#states?.close();
    await within(CLOSE_LIMIT, this.#accessories.close(), this.#options.clock);
    await this.#client.close();
  }
}

/** Waits for `work`, but no longer than `ms`. */
function within(ms: number, work: Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const limit = clock.after(ms, resolve);
    void work.finally(() => {
      limit.cancel();
      resolve();
    });
  });
}

function summary({ information, cameras, outputs }: Inventory): string {
  const device = [information.model, information.software].filter(Boolean).join(' ');
  const parts = [
    device,
    `${cameras.filter(({ enabled }) => enabled).length} cameras`,
    `${outputs?.length ?? 0} alarm outputs`,
  ];
  return parts.filter(Boolean).join(', ');
}
