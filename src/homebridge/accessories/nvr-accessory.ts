import type { API, PlatformAccessory, Service } from 'homebridge';
import type { Logger, StateChange } from '../../shared/index.js';
import type { NvrInformation } from '../nvr/inventory.js';
import type { KeptOutput, NvrContext, NvrOfAccessory } from './context.js';
import { SERVICE_COMMUNICATION_FAILURE } from './hap-values.js';
import { firmwareRevision, homekitName, informationText } from './homekit-text.js';
import { keepChosenName, namedService } from './named-service.js';

/** The pins behind the switches. */
export interface Outputs {
  isOn(pin: number): boolean | undefined;
  set(pin: number, on: boolean): Promise<void>;
  /** The NVR has told the value of a pin. */
  found(pin: number, on: boolean): void;
}

export interface NvrAccessoryOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<NvrContext>;
  readonly outputs: Outputs;
  /** Name of a pin's switch. */
  readonly nameOf: (pin: number) => string;
  readonly logger: Logger;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** Subtype of the sensor that is closed while the NVR is connected. */
const CONNECTION = 'connection';

/** The NVR in HomeKit: whether it is connected and well, and a switch for each of its alarm outputs. */
export class NvrAccessory {
  readonly #options: NvrAccessoryOptions;
  readonly #switches = new Map<number, Service>();
  readonly platformAccessory: PlatformAccessory<NvrContext>;
  readonly #sensor: Service;
  #connected = false;
  #faulty = false;

  constructor(options: NvrAccessoryOptions) {
    this.#options = options;
    this.platformAccessory = options.accessory;
    this.#sensor = this.#makeSensor();
    this.#showConnection();
    this.#show(options.accessory.context.outputs.map(({ pin }) => pin));
  }

  /** Pins that are shown, those included that the NVR does not list at present. */
  get outputs(): readonly KeptOutput[] {
    return this.platformAccessory.context.outputs;
  }

  /**
   * Takes over what the NVR says about itself.
   *
   * @param information `undefined`: what is shown of it stays
   * @param outputs pins to show, and how long they have been missing
   */
  describe(
    information: NvrInformation | undefined,
    nvr: NvrOfAccessory,
    outputs: readonly Pick<KeptOutput, 'pin' | 'missingFor'>[],
  ): void {
    const { hap } = this.#options.api;
    const accessory = this.platformAccessory;
    const name = homekitName(nvr.name, 'NVR');
    if (accessory.displayName !== name) accessory.updateDisplayName(name);
    const service = accessory
      .getService(hap.Service.AccessoryInformation)
      ?.updateCharacteristic(hap.Characteristic.Name, name)
      .updateCharacteristic(hap.Characteristic.Manufacturer, 'EverFocus')
      .updateCharacteristic(hap.Characteristic.SerialNumber, informationText(nvr.serial, nvr.address));
    if (information) {
      service
        ?.updateCharacteristic(hap.Characteristic.Model, informationText(information.model, 'NVR'))
        .updateCharacteristic(hap.Characteristic.FirmwareRevision, firmwareRevision(information.software));
    }
    this.#show(outputs.map(({ pin }) => pin));
    const kept = outputs.map((output) => ({ ...output, name: this.#nameOf(output.pin) }));
    accessory.context = { ...accessory.context, nvr, outputs: kept };
  }

  hear(change: StateChange): void {
    switch (change.kind) {
      case 'connection':
        this.#connected = change.connection.is === 'connected';
        return this.#showConnection();
      case 'disks':
        this.#faulty = change.disks.some(({ exception }) => exception !== undefined);
        return this.#showConnection();
      case 'output': {
        const { pin, on } = change;
        // Not known: then a read by HomeKit fails.
        if (on === undefined) return;
        this.#options.outputs.found(pin, on);
        this.#switches.get(pin)?.updateCharacteristic(this.#options.api.hap.Characteristic.On, on);
        return;
      }
      default:
    }
  }

  #makeSensor(): Service {
    const { api, accessory, save } = this.#options;
    const { hap } = api;
    const sensor = namedService(hap, accessory, hap.Service.ContactSensor, 'Connection', 'Connection', CONNECTION);
    keepChosenName(hap, accessory, sensor, CONNECTION, save);
    // What Home shows of the accessory first.
    sensor.setPrimaryService(true);
    return sensor;
  }

  #showConnection(): void {
    const { ContactSensorState, StatusActive, StatusFault } = this.#options.api.hap.Characteristic;
    const { CONTACT_DETECTED, CONTACT_NOT_DETECTED } = ContactSensorState;
    const well = this.#connected && !this.#faulty;
    this.#sensor
      .updateCharacteristic(ContactSensorState, this.#connected ? CONTACT_DETECTED : CONTACT_NOT_DETECTED)
      .updateCharacteristic(StatusActive, this.#connected)
      .updateCharacteristic(StatusFault, well ? StatusFault.NO_FAULT : StatusFault.GENERAL_FAULT);
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
    const subtype = `output-${pin}`;
    const service = namedService(hap, accessory, hap.Service.Switch, this.#nameOf(pin), formerName, subtype);
    keepChosenName(hap, accessory, service, subtype, this.#options.save);
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
