import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { join } from 'node:path';
import { type DeviceStore, FileStore, systemClock, type Logger } from '../shared/index.js';
import { readContext } from './accessories/context.js';
import { mayRemoveOrphans, ownerOf, type NvrProgress } from './accessories/ownership.js';
import type { AccessoryRegistry, EverFocusAccessory } from './accessories/registry.js';
import {
  addressOf,
  describeProblem,
  readConfiguration,
  type NvrConfiguration,
  type PlatformConfiguration,
} from './config.js';
import { findFfmpeg, type Ffmpeg } from '../shared/ffmpeg/index.js';
import { NvrController } from './nvr/nvr-controller.js';
import { PLATFORM_NAME, PLUGIN_NAME, STORE_FOLDER } from './settings.js';

/** The platform: one controller for each configured NVR, and the accessories that Homebridge has kept. */
export class EverFocusPlatform implements DynamicPlatformPlugin {
  readonly #api: API;
  readonly #logger: Logger;
  readonly #configuration: PlatformConfiguration;
  /** Below Homebridge's own folder, so that its backups hold it. */
  readonly #store: DeviceStore;
  readonly #accessories = new Map<string, EverFocusAccessory>();
  /** Accessories from the cache whose NVR is not known. */
  readonly #orphans = new Set<EverFocusAccessory>();
  readonly #progress: NvrProgress[] = [];
  readonly #controllers: NvrController[] = [];
  #closed = false;

  constructor(logger: Logging, config: PlatformConfig, api: API) {
    this.#api = api;
    this.#logger = logger;
    this.#store = new FileStore(join(api.user.storagePath(), STORE_FOLDER));
    this.#configuration = readConfiguration(config);
    for (const problem of this.#configuration.problems) logger.error(describeProblem(problem));
    for (const advice of this.#configuration.advice) logger.warn(describeProblem(advice));
    api.on('didFinishLaunching', () => void this.#start());
    api.on('shutdown', () => void this.#close());
  }

  /** Called by Homebridge for each accessory of its cache, before `didFinishLaunching`. */
  configureAccessory(accessory: PlatformAccessory): void {
    this.#accessories.set(accessory.UUID, accessory);
    this.#orphans.add(accessory);
  }

  async #start(): Promise<void> {
    const { nvrs, listed, problems, ffmpeg: path } = this.#configuration;
    if (nvrs.length === 0) {
      if (problems.length === 0) this.#logger.info('No NVR is configured: nothing to do.');
      if (listed) this.#removeOrphans();
      return;
    }
    const ffmpeg = await findFfmpeg({ ...(path !== undefined && { path }), logger: this.#logger });
    if (this.#closed) return;
    const restored = this.#assignOrphans(nvrs);
    for (const configuration of nvrs) this.#startNvr(configuration, restored.get(configuration) ?? [], ffmpeg);
    this.#removeOrphans();
  }

  #startNvr(configuration: NvrConfiguration, restored: readonly EverFocusAccessory[], ffmpeg: Ffmpeg): void {
    const logger = prefixed(this.#logger, `${configuration.name} (${addressOf(configuration)}): `);
    const progress = { owner: restored.length > 0, read: false };
    this.#progress.push(progress);
    const firstRead = (isOwn: (accessory: EverFocusAccessory) => boolean) => {
      const adopted = progress.owner ? [] : this.#adopt(isOwn);
      progress.read = true;
      this.#removeOrphans();
      return adopted;
    };
    try {
      this.#controllers.push(
        new NvrController({
          configuration,
          api: this.#api,
          ffmpeg,
          logger,
          clock: systemClock,
          store: this.#store,
          registry: this.#registry,
          restored,
          firstRead,
        }),
      );
    } catch (error) {
      logger.error(`can't be used: ${(error as Error).message}`);
    }
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

  /** Accessories whose NVR came back under another name and address. */
  #adopt(isOwn: (accessory: EverFocusAccessory) => boolean): EverFocusAccessory[] {
    const adopted = [...this.#orphans].filter(isOwn);
    for (const accessory of adopted) this.#orphans.delete(accessory);
    return adopted;
  }

  #removeOrphans(): void {
    const problems = this.#configuration.problems.length > 0;
    if (this.#orphans.size === 0 || !mayRemoveOrphans(problems, this.#progress)) return;
    const orphans = [...this.#orphans];
    this.#orphans.clear();
    this.#logger.info(`Removing accessories of NVRs that are not configured any more: ${names(orphans)}`);
    this.#registry.remove(orphans);
  }

  readonly #registry: AccessoryRegistry = {
    has: (uuid) => this.#accessories.has(uuid),
    add: (accessory) => {
      this.#accessories.set(accessory.UUID, accessory);
      this.#api.registerPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [accessory]);
    },
    remove: (accessories) => {
      for (const { UUID } of accessories) this.#accessories.delete(UUID);
      this.#api.unregisterPlatformAccessories(PLUGIN_NAME, PLATFORM_NAME, [...accessories]);
    },
    save: (accessories) => this.#api.updatePlatformAccessories([...accessories]),
  };

  async #close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#controllers.map((controller) => controller.close()));
  }
}

function names(accessories: readonly EverFocusAccessory[]): string {
  return accessories.map(({ displayName }) => displayName).join(', ');
}

function prefixed(logger: Logger, prefix: string): Logger {
  return {
    debug: (message) => logger.debug(prefix + message),
    info: (message) => logger.info(prefix + message),
    warn: (message) => logger.warn(prefix + message),
    error: (message) => logger.error(prefix + message),
  };
}
