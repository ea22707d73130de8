import type { HAP, PlatformAccessory, Service } from 'homebridge';
import type { Logger } from '../../shared/index.js';
import type { CameraContext } from './context.js';
import { SERVICE_COMMUNICATION_FAILURE } from './hap-values.js';
import { homekitName } from './homekit-text.js';
import { keepChosenName, namedService } from './named-service.js';

/** Subtype of the service. */
const RECORD = 'record';

export interface RecordSwitchOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory<CameraContext>;
  /** Has the NVR begin or end. @throws NvrError */
  readonly set: (on: boolean) => Promise<void>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** A switch by which the NVR records a camera by hand (SDK 9.27). While nobody knows whether it does, Home gets no answer. */
export class RecordSwitch {
  readonly #options: RecordSwitchOptions;
  readonly #service: Service;
  #on: boolean | undefined;

  constructor(options: RecordSwitchOptions) {
    const { hap, accessory, set, logger, save } = options;
    const { name } = accessory.context;
    this.#options = options;
    this.#service = namedService(hap, accessory, hap.Service.Switch, switchName(name), switchName(name), RECORD);
    keepChosenName(hap, accessory, this.#service, RECORD, save);
    const failure = () => new hap.HapStatusError(SERVICE_COMMUNICATION_FAILURE);
    this.#service
      .getCharacteristic(hap.Characteristic.On)
      .onGet(() => {
        if (this.#on === undefined) throw failure();
        return this.#on;
      })
      .onSet(async (value) => {
        try {
          await set(value === true);
        } catch (error) {
          const wanted = value === true ? 'started' : 'stopped';
          const why = error instanceof Error ? error.message : String(error);
          logger.warn(`${accessory.context.name}: the recording by hand could not be ${wanted}: ${why}`);
          throw failure();
        }
      });
  }

  /** Takes the switch of an accessory away that should have none. */
  static remove({ hap, accessory }: Pick<RecordSwitchOptions, 'hap' | 'accessory'>): void {
    const lingering = accessory.getServiceById(hap.Service.Switch, RECORD);
    if (lingering) accessory.removeService(lingering);
  }

  /** The camera has that name now. @param former that it had */
  describe(name: string, former: string): void {
    const { hap, accessory } = this.#options;
    namedService(hap, accessory, hap.Service.Switch, switchName(name), switchName(former), RECORD);
  }

  /** @param on `undefined`: not known */
  show(on: boolean | undefined): void {
    this.#on = on;
    if (on !== undefined) this.#service.updateCharacteristic(this.#options.hap.Characteristic.On, on);
  }
}

function switchName(camera: string): string {
  return homekitName(`${camera} record`, 'Record');
}
