import type { API, PlatformAccessory } from 'homebridge';
import type { Clock, Logger, Nvr } from '../../shared/index.js';
import { CameraAccessory, cameraContext } from '../accessories/camera-accessory.js';
import { cameraIdentity, matchCameras } from '../accessories/camera-identity.js';
import { readContext, type CameraContext, type NvrContext, type NvrOfAccessory } from '../accessories/context.js';
import { homekitName } from '../accessories/homekit-text.js';
import { NvrAccessory } from '../accessories/nvr-accessory.js';
import { IP_CAMERA, SWITCH } from '../accessories/hap-values.js';
import { holds, type AccessoryRegistry, type EverFocusAccessory } from '../accessories/registry.js';
import { CameraStreaming } from '../camera-streaming.js';
import type { NvrConfiguration } from '../config.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { OutputPins } from '../outputs/output-pins.js';
import type { Inventory, ListedCamera, NvrInformation } from './inventory.js';

export interface NvrAccessoriesOptions {
  readonly configuration: NvrConfiguration;
  readonly client: Nvr;
  readonly api: API;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly registry: AccessoryRegistry;
}

/** What is said of a channel in HomeKit. */
export interface ShownStates {
  reachable(channel: number): boolean;
  motion(channel: number): boolean;
}

/** The accessories of one NVR: restored from the cache, then brought into line with what the NVR lists. */
export class NvrAccessories {
  readonly #options: NvrAccessoriesOptions;
  readonly #pins: OutputPins;
  #cameras: CameraAccessory[] = [];
  #nvr: NvrAccessory | undefined;
  #saved = '';
  /** Configured pins that the user was told about. */
  readonly #missingPins = new Set<number>();

  constructor(options: NvrAccessoriesOptions) {
    const { client, configuration, logger, clock } = options;
    this.#options = options;
    this.#pins = new OutputPins({
      client,
      clock,
      logger,
      pulses: new Map(configuration.outputs.flatMap(({ pin, pulse }) => (pulse === undefined ? [] : [[pin, pulse]]))),
      nameOf: (pin) => this.#outputName(pin),
      changed: (pin, on) => this.#nvr?.changed(pin, on),
    });
  }

  /** Cameras that are shown. */
  get cameraCount(): number {
    return this.#cameras.length;
  }

  /** Shows accessories from the cache, before the NVR has answered. */
  restore(accessories: readonly EverFocusAccessory[]): void {
    for (const accessory of accessories) {
      if (holds(accessory, 'camera')) this.#cameras.push(this.#showCamera(accessory));
      else if (holds(accessory, 'nvr') && !this.#nvr) this.#nvr = this.#showNvr(accessory);
      else this.#options.registry.remove([accessory]);
    }
  }

  /** Tells which accessories, of whatever name and address, are this NVR's. */
  recogniser({ cameras }: Inventory, nvr: NvrOfAccessory): (accessory: EverFocusAccessory) => boolean {
    const { uuid } = this.#options.api.hap;
    const own = new Set(cameras.map((camera) => uuid.generate(cameraIdentity(camera, nvrIdentity(nvr)))));
    return ({ UUID, context }) =>
      own.has(UUID) || (nvr.serial !== undefined && readContext(context)?.nvr.serial === nvr.serial);
  }

  /** Adds what is new, removes what is gone, describes the rest anew. */
  async takeOver({ cameras, information, outputs }: Inventory, nvr: NvrOfAccessory): Promise<void> {
    const { logger } = this.#options;
    const known = this.#cameras.map((shown) => ({ ...shown.platformAccessory.context, shown }));
    const { kept, added, gone } = matchCameras(cameras, known);
    for (const { camera, accessory } of kept) accessory.shown.describe(camera, nvr);
    for (const camera of added) {
      logger.info(`camera ${camera.channel} added: ${camera.name}`);
      this.#cameras.push(this.#addCamera(camera, nvr));
    }
    for (const { shown, name } of gone) {
      logger.info(`camera ${shown.channel} removed: ${name}`);
      await this.#removeCamera(shown);
    }
    if (outputs) this.#takeOverOutputs(outputs, information, nvr);
    this.#save();
  }

  show(states: ShownStates): void {
    for (const camera of this.#cameras) {
      camera.reachable = states.reachable(camera.channel);
      camera.motion = states.motion(camera.channel);
    }
  }

  /** Reads the pins now. */
  refreshPins(): void {
    if (this.#nvr) void this.#pins.refresh();
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#pins.close(), ...this.#cameras.map((camera) => camera.close())]);
  }

  #showCamera(accessory: PlatformAccessory<CameraContext>): CameraAccessory {
    const { client, api, ffmpeg, logger, clock } = this.#options;
    const { channel, name } = accessory.context;
    const streaming = new CameraStreaming({ client, channel, hap: api.hap, ffmpeg, logger, clock, name });
    return new CameraAccessory({ api, accessory, streaming });
  }

  #addCamera(camera: ListedCamera, nvr: NvrOfAccessory): CameraAccessory {
    const { api, registry } = this.#options;
    const uuid = this.#newUuid(cameraIdentity(camera, nvrIdentity(nvr)), nvr);
    const accessory = new api.platformAccessory<CameraContext>(camera.name, uuid, IP_CAMERA);
    accessory.context = cameraContext(camera, nvr);
    const shown = this.#showCamera(accessory);
    shown.describe(camera, nvr);
    registry.add(accessory);
    return shown;
  }

  async #removeCamera(camera: CameraAccessory): Promise<void> {
    this.#cameras = this.#cameras.filter((other) => other !== camera);
    this.#options.registry.remove([camera.platformAccessory]);
    await camera.close();
  }

  #takeOverOutputs(pins: readonly number[], information: NvrInformation, nvr: NvrOfAccessory): void {
    const { registry } = this.#options;
    this.#warnOfMissingPins(pins);
    const shown = this.#nvr;
    if (pins.length === 0) {
      if (shown) registry.remove([shown.platformAccessory]);
      this.#nvr = undefined;
      return;
    }
    this.#nvr = shown ?? this.#makeNvr(nvr);
    this.#nvr.describe(information, nvr, pins);
    if (!shown) registry.add(this.#nvr.platformAccessory);
    this.refreshPins();
  }

  #warnOfMissingPins(pins: readonly number[]): void {
    const { configuration, logger } = this.#options;
    for (const { pin } of configuration.outputs) {
      if (pins.includes(pin) || this.#missingPins.has(pin)) continue;
      this.#missingPins.add(pin);
      logger.warn(
        `the NVR has no alarm output ${pin}, it has ${pins.join(', ') || 'none'}: correct "outputs" in the settings`,
      );
    }
  }

  #makeNvr(nvr: NvrOfAccessory): NvrAccessory {
    const { api } = this.#options;
    const uuid = this.#newUuid(`nvr ${nvrIdentity(nvr)}`, nvr);
    const accessory = new api.platformAccessory<NvrContext>(homekitName(nvr.name, 'NVR'), uuid, SWITCH);
    accessory.context = { kind: 'nvr', nvr, outputs: [] };
    return this.#showNvr(accessory);
  }

  #showNvr(accessory: PlatformAccessory<NvrContext>): NvrAccessory {
    const { api, logger } = this.#options;
    return new NvrAccessory({
      api,
      accessory,
      outputs: this.#pins,
      nameOf: (pin) => this.#outputName(pin),
      logger,
    });
  }

  /** Two NVRs may record the same camera on the same channel, or give the same serial number: then the address tells. */
  #newUuid(identity: string, nvr: NvrOfAccessory): string {
    const { api, registry } = this.#options;
    const uuid = api.hap.uuid.generate(identity);
    return registry.has(uuid) ? api.hap.uuid.generate(`${identity} at ${nvr.address}`) : uuid;
  }

  #outputName(pin: number): string {
    const configured = this.#options.configuration.outputs.find((output) => output.pin === pin);
    return configured?.name ?? `Output ${pin}`;
  }

  #save(): void {
    const accessories = [...this.#cameras, ...(this.#nvr ? [this.#nvr] : [])].map((shown) => shown.platformAccessory);
    const contexts = JSON.stringify(accessories.map(({ context }) => context));
    if (contexts !== this.#saved) this.#options.registry.save(accessories);
    this.#saved = contexts;
  }
}

function nvrIdentity({ serial, address }: NvrOfAccessory): string {
  return serial ?? address;
}
