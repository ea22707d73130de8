import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { join } from 'node:path';
import { type DeviceStore, FileStore, type Logger, systemClock } from '../shared/index.js';
import { prefixed } from '../shared/internal.js';
import { AccessoryCopy } from './accessories/accessory-copy.js';
import { readContext } from './accessories/context.js';
import { mayRemoveOrphans, ownerOf, type NvrProgress, type Recogniser } from './accessories/ownership.js';
import type { AccessoryRegistry, EverFocusAccessory } from './accessories/registry.js';
import {
  addressOf,
  describeProblems,
  readConfiguration,
  type NvrConfiguration,
  type PlatformConfiguration,
} from './config.js';
import { findFfmpeg, type Ffmpeg } from '../shared/ffmpeg/index.js';
import { tellByMqtt } from './mqtt.js';
import type { NvrInformation } from './nvr/inventory.js';
import { NvrController } from './nvr/nvr-controller.js';
import { MAX_BRIDGED, PLATFORM_NAME, PLUGIN_NAME, STORE_FOLDER } from './settings.js';
import { PicturePool } from './snapshot/picture-pool.js';

/** The platform: one controller for each configured NVR, and the accessories that Homebridge has kept. */
export class EverFocusPlatform implements DynamicPlatformPlugin {
  readonly #api: API;
  readonly #logger: Logger;
  readonly #configuration: PlatformConfiguration;
  /** Below Homebridge's own folder, so that its backups hold it. */
  readonly #store: DeviceStore;
  readonly #copy: AccessoryCopy;
  readonly #accessories = new Map<string, EverFocusAccessory>();
  /** Accessories from the cache whose NVR is not known. */
  readonly #orphans = new Set<EverFocusAccessory>();
  readonly #progress: NvrProgress[] = [];
  /** Names of NVRs by their serial number. */
  readonly #serials = new Map<string, string>();
  readonly #controllers: NvrController[] = [];
  readonly #end = new AbortController();
  #mqtt: Promise<void> | undefined;
  #pictures: PicturePool | undefined;
  /** The bridge did not take the last accessory. */
  #refused = false;
  #closed = false;

  constructor(logger: Logging, config: PlatformConfig, api: API) {
    this.#api = api;
    this.#logger = logger;
    const folder = join(api.user.storagePath(), STORE_FOLDER);
    this.#store = new FileStore(folder);
    this.#copy = new AccessoryCopy({ path: join(folder, 'accessories.json'), api, logger });
    this.#configuration = readConfiguration(config);
    for (const line of describeProblems(this.#configuration.problems)) logger.error(line);
    for (const line of describeProblems(this.#configuration.advice)) logger.warn(line);
    api.on('didFinishLaunching', () => {
      // Before it returns: then the bridge is published, and Home forgets what is not there.
      this.#restoreLost();
      void this.#start();
    });
    api.on('shutdown', () => void this.#close());
  }

  /** Called by Homebridge for each accessory of its cache, before `didFinishLaunching`. */
  configureAccessory(accessory: PlatformAccessory): void {
    this.#accessories.set(accessory.UUID, accessory);
    this.#orphans.add(accessory);
  }

  /** What of Homebridge's cache cannot be read, as far as the plugin's own copy has it. */
  #mendContexts(): void {
    const damaged = [...this.#accessories.values()].filter(({ context }) => !readContext(context));
    if (damaged.length === 0) return;
    const copy = new Map(this.#copy.read().map(({ UUID, context }) => [UUID, context as unknown]));
    for (const accessory of damaged) accessory.context = readContext(copy.get(accessory.UUID)) ?? {};
    this.#logger.warn(`Homebridge's cache of accessories is damaged in parts: ${names(damaged)}. They stay in Home.`);
  }

  #restoreLost(): void {
    if (this.#configuration.nvrs.length === 0) return;
    if (this.#accessories.size > 0) return this.#mendContexts();
    const lost = this.#copy.read();
    if (lost.length === 0) return;
    this.#logger.warn(
      `Homebridge has lost its cache of accessories. ${lost.length} are restored from the plugin's own copy, so that Home ` +
        'keeps their rooms and automations.',
    );
    for (const accessory of this.#register(lost)) this.configureAccessory(accessory);
  }

  async #start(): Promise<void> {
    const { nvrs, listed, problems, ffmpeg: path, mqtt } = this.#configuration;
    if (nvrs.length === 0) {
      if (problems.length === 0) this.#logger.info('No NVR is configured: nothing to do.');
      if (listed) this.#removeOrphans();
      return;
    }
    const ffmpeg = await findFfmpeg({ ...(path !== undefined && { path }), logger: this.#logger });
    if (this.#closed) return;
    if (ffmpeg.path) this.#pictures = new PicturePool({ ffmpeg, clock: systemClock });
    const restored = this.#assignOrphans(nvrs);
    for (const configuration of nvrs) this.#startNvr(configuration, restored.get(configuration) ?? [], ffmpeg);
    this.#removeOrphans();
    if (!mqtt || this.#controllers.length === 0) return;
    const folder = this.#api.user.storagePath();
    const isIncomplete = problems.length > 0 || this.#controllers.length < nvrs.length;
    const around = { logger: this.#logger, folder, store: this.#store, signal: this.#end.signal, isIncomplete };
    this.#mqtt = tellByMqtt(mqtt, this.#controllers, around);
  }

  #startNvr(configuration: NvrConfiguration, restored: readonly EverFocusAccessory[], ffmpeg: Ffmpeg): void {
    const logger = prefixed(this.#logger, `${configuration.name} (${addressOf(configuration)}): `);
    const progress = { owner: restored.length > 0, read: false };
    this.#progress.push(progress);
    const firstRead = (recogniser: Recogniser, information: NvrInformation | undefined) => {
      this.#tellOfTwin(configuration, information?.serial);
      const adopted = this.#adopt(recogniser, progress.owner);
      // One that does not tell its serial number may be the owner of any.
      progress.read = information !== undefined;
      this.#removeOrphans();
      return adopted;
    };
    try {
      this.#controllers.push(
        new NvrController({
          configuration,
          api: this.#api,
          ffmpeg,
          pictures: this.#pictures,
          logger,
          clock: systemClock,
          store: this.#store,
          searchPlace: {},
          registry: this.#registry,
          restored,
          firstRead,
        }),
      );
    } catch (error) {
      logger.error(`can't be used: ${(error as Error).message}`);
    }
  }

  /** The same NVR may be configured by its address and by its name, or by two addresses. */
  #tellOfTwin({ name, host }: NvrConfiguration, serial: string | undefined): void {
    if (serial === undefined) return;
    const twin = this.#serials.get(serial);
    this.#serials.set(serial, twin ?? name);
    if (twin === undefined) return;
    this.#logger.error(
      `Configuration: "${name}" (${host}) is the same NVR as "${twin}": both have the serial number ${serial}. Its ` +
        'cameras are in Home twice: remove one of the two entries.',
    );
  }

  #assignOrphans(nvrs: readonly NvrConfiguration[]): Map<NvrConfiguration, EverFocusAccessory[]> {
    const named = nvrs.map((configuration) => ({
      configuration,
      name: configuration.name,
      address: addressOf(configuration),
    }));
    const owned = new Map<NvrConfiguration, EverFocusAccessory[]>();
    for (const accessory of this.#orphans) {
      const context = readContext(accessory.context);
      const owner = context && ownerOf(context.nvr, named);
      if (!owner) continue;
      this.#orphans.delete(accessory);
      owned.set(owner.configuration, [...(owned.get(owner.configuration) ?? []), accessory]);
    }
    return owned;
  }

  /**
   * Accessories whose NVR came back under another name and address, and those whose context was lost.
   *
   * @param lostOnly the NVR has had its others from the start
   */
  #adopt(recogniser: Recogniser, lostOnly: boolean): EverFocusAccessory[] {
    const adopted: EverFocusAccessory[] = [];
    for (const accessory of this.#orphans) {
      const context = lostOnly && readContext(accessory.context) ? undefined : recogniser(accessory);
      if (!context) continue;
      accessory.context = context;
      this.#orphans.delete(accessory);
      adopted.push(accessory);
    }
    return adopted;
  }

  #removeOrphans(): void {
    const problems = this.#configuration.problems.length > 0;
    // One whose context was lost may be any NVR's, until that has answered.
    const unread = this.#progress.map(({ read }) => ({ owner: false, read }));
    const orphans = [...this.#orphans].filter(({ context }) =>
      mayRemoveOrphans(problems, readContext(context) ? this.#progress : unread),
    );
    if (orphans.length === 0) return;
    for (const accessory of orphans) this.#orphans.delete(accessory);
    this.#logger.info(`Removing accessories of NVRs that are not configured any more: ${names(orphans)}`);
    this.#registry.remove(orphans);
  }

  readonly #registry: AccessoryRegistry = this.#makeRegistry();

  #makeRegistry(): AccessoryRegistry {
    const room = () => (this.#refused ? 0 : Math.max(0, MAX_BRIDGED - this.#accessories.size));
    return {
      has: (uuid) => this.#accessories.has(uuid),
      get room() {
        return room();
      },
      add: (accessories) => {
        if (accessories.length === 0) return [];
        const taken = this.#register(accessories);
        for (const accessory of taken) this.#accessories.set(accessory.UUID, accessory);
        this.#saveCopy();
        return taken;
      },
      remove: (accessories) => {
        for (const { UUID } of accessories) this.#accessories.delete(UUID);
        this.#unregister(accessories);
        this.#refused = false;
        this.#saveCopy();
      },
      save: (accessories) => {
        this.#api.updatePlatformAccessories([...accessories]);
        this.#saveCopy();
      },
    };
  }

  /** @returns those that the bridge took: other plugins' accessories count, too */
  #register(accessories: readonly EverFocusAccessory[]): readonly EverFocusAccessory[] {
    try {
      this.#api.registerPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [...accessories]);
      return accessories;
    } catch {
      this.#refused = true;
      const isBridged = ({ _associatedHAPAccessory: { bridged } }: EverFocusAccessory) => bridged;
      // Homebridge keeps in its cache what the bridge did not take.
      this.#unregister(accessories.filter((accessory) => !isBridged(accessory)));
      const taken = accessories.filter(isBridged);
      this.#announce();
      return taken;
    }
  }

  /** All together, too. One that the bridge never took costs no other. */
  #unregister(accessories: readonly EverFocusAccessory[]): void {
    try {
      this.#api.unregisterPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [...accessories]);
    } catch (error) {
      if (accessories.length > 1) {
        for (const accessory of accessories) this.#unregister([accessory]);
        return this.#announce();
      }
      this.#logger.debug(`not bridged: ${names(accessories)}: ${String(error)}`);
    }
  }

  /** Where one of several fails, Home is not told of the others, and Homebridge's cache is not written. */
  #announce(): void {
    this.#api.registerPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, []);
  }

  #saveCopy(): void {
    this.#copy.write([...this.#accessories.values()]);
  }

  async #close(): Promise<void> {
    this.#closed = true;
    this.#end.abort();
    await Promise.allSettled([
      this.#mqtt,
      this.#pictures?.close(),
      ...this.#controllers.map((controller) => controller.close()),
    ]);
  }
}

function names(accessories: readonly EverFocusAccessory[]): string {
  return accessories.map(({ displayName }) => displayName).join(', ');
}
