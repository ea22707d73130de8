import type { PlatformAccessory } from 'homebridge';
import type { NvrOfAccessory, PastContext } from '../accessories/context.js';
import { IP_CAMERA } from '../accessories/hap-values.js';
import { type AccessoryRegistry, type EverFocusAccessory, holds } from '../accessories/registry.js';
import type { NvrConfiguration } from '../config.js';
import { nameOf, PastCamera, type PastCameraOptions } from './past-camera.js';

export interface PastAccessoryOptions extends Omit<PastCameraOptions, 'accessory' | 'types' | 'watched' | 'save'> {
  readonly configuration: Pick<NvrConfiguration, 'past' | 'cameras'>;
  readonly registry: AccessoryRegistry;
  readonly newUuid: (nvr: NvrOfAccessory) => string;
}

/** The camera of the past of one NVR, there as long as the user wants one. */
export class PastAccessory {
  readonly #options: PastAccessoryOptions;
  #camera: PastCamera | undefined;
  #watched: number | undefined;

  constructor(options: PastAccessoryOptions) {
    this.#options = options;
  }

  get accessories(): readonly PlatformAccessory<PastContext>[] {
    return this.#camera ? [this.#camera.platformAccessory] : [];
  }

  /** Takes over the accessory from the cache. @returns whether it is the one, and wanted */
  restore(accessory: EverFocusAccessory): boolean {
    if (!holds(accessory, 'past') || this.#camera || !this.#options.configuration.past) return false;
    this.#camera = this.#show(accessory);
    return true;
  }

  /** @returns how many there was no room for on the bridge: 0 or 1 */
  takeOver(nvr: NvrOfAccessory): number {
    if (!this.#options.configuration.past) return 0;
    this.#camera ??= this.#add(nvr);
    this.#camera?.describe(nvr);
    return this.#camera ? 0 : 1;
  }

  /** Somebody watches a camera, of which the past may be asked for next. */
  watched(channel: number): void {
    this.#watched = channel;
  }

  async close(): Promise<void> {
    await this.#camera?.close();
  }

  #add(nvr: NvrOfAccessory): PastCamera | undefined {
    const { api, registry, newUuid } = this.#options;
    if (registry.room === 0) return undefined;
    const accessory = new api.platformAccessory<PastContext>(nameOf(nvr), newUuid(nvr), IP_CAMERA);
    accessory.context = { kind: 'past', nvr };
    const camera = this.#show(accessory);
    if (registry.add([accessory]).length > 0) return camera;
    void camera.close();
    return undefined;
  }

  #show(accessory: PlatformAccessory<PastContext>): PastCamera {
    const { configuration, registry } = this.#options;
    return new PastCamera({
      ...this.#options,
      accessory,
      types: configuration.cameras.flatMap(({ motion }) => motion),
      watched: () => this.#watched,
      save: () => registry.save([accessory]),
    });
  }
}
