import type { API, PlatformAccessory, Service } from 'homebridge';
import type { Logger } from '../../shared/index.js';
import type { NvrInformation } from '../nvr/inventory.js';
import type { NvrContext, NvrOfAccessory } from './context.js';
import { SERVICE_COMMUNICATION_FAILURE } from './hap-values.js';
import { firmwareRevision, homekitName, informationText } from './homekit-text.js';
import { namedService } from './named-service.js';

/** The pins behind the switches. */
export interface Outputs {
  isOn(pin: number): boolean | undefined;
  set(pin: number, on: boolean): Promise<void>;
}

export interface NvrAccessoryOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<NvrContext>;
  readonly outputs: Outputs;
  /** Name of a pin's switch. */
  readonly nameOf: (pin: number) => string;
  readonly logger: Logger;
}

/** The NVR in HomeKit: a switch for each of its alarm outputs. */
export class NvrAccessory {
  readonly #options: NvrAccessoryOptions;
  readonly #switches = new Map<number, Service>();
  readonly platformAccessory: PlatformAccessory<NvrContext>;

  constructor(options: NvrAccessoryOptions) {
    this.#options = options;
    this.platformAccessory = options.accessory;
    this.#show(options.accessory.context.outputs.map(({ pin }) => pin));
  }

  /** Takes over what the NVR says about itself. */
  describe(information: NvrInformation, nvr: NvrOfAccessory, pins: readonly number[]): void {
    const { hap } = this.#options.api;
    const accessory = this.platformAccessory;
    const name = homekitName(nvr.name, 'NVR');
    if (accessory.displayName !== name) accessory.updateDisplayName(name);
    accessory
      .getService(hap.Service.AccessoryInformation)
      ?.updateCharacteristic(hap.Characteristic.Name, name)
      .updateCharacteristic(hap.Characteristic.Manufacturer, 'EverFocus')
      .updateCharacteristic(hap.Characteristic.Model, informationText(information.model, 'NVR'))
      .updateCharacteristic(hap.Characteristic.SerialNumber, informationText(nvr.serial, nvr.address))
      .updateCharacteristic(hap.Characteristic.FirmwareRevision, firmwareRevision(information.software));
    this.#show(pins);
    accessory.context = { kind: 'nvr', nvr, outputs: pins.map((pin) => ({ pin, name: this.#nameOf(pin) })) };
  }

  /** A pin has another value; `undefined`: not known, then a read by HomeKit fails. */
  changed(pin: number, on: boolean | undefined): void {
    if (on !== undefined) this.#switches.get(pin)?.updateCharacteristic(this.#options.api.hap.Characteristic.On, on);
  }

  #show(pins: readonly number[]): void {
    for (const [pin, service] of this.#switches) {
      if (pins.includes(pin)) continue;
      this.platformAccessory.removeService(service);
      this.#switches.delete(pin);
    }
    for (const pin of pins) if (!this.#switches.has(pin)) this.#switches.set(pin, this.#makeSwitch(pin));
  }

  #nameOf(pin: number): string {
    return homekitName(this.#options.nameOf(pin), `Output ${pin}`);
  }

  #makeSwitch(pin: number): Service {
    const { api, outputs, nameOf, logger } = this.#options;
    const { hap } = api;
    const accessory = this.platformAccessory;
    const formerName = accessory.context.outputs.find((output) => output.pin === pin)?.name;
    const service = namedService(hap, accessory, hap.Service.Switch, this.#nameOf(pin), formerName, `output-${pin}`);
    const failure = () => new hap.HapStatusError(SERVICE_COMMUNICATION_FAILURE);
    service
      .getCharacteristic(hap.Characteristic.On)
      .onGet(() => {
        const on = outputs.isOn(pin);
        if (on === undefined) throw failure();
        return on;
      })
      .onSet(async (value) => {
        try {
          await outputs.set(pin, value === true);
        } catch (error) {
          logger.warn(`${nameOf(pin)} could not be switched ${value ? 'on' : 'off'}: ${(error as Error).message}`);
          throw failure();
        }
      });
    return service;
  }
}
