import type { API, PlatformAccessory, Service } from 'homebridge';
import type { Logger, StateChange } from '../../shared/index.js';
import type { NvrInformation } from '../nvr/inventory.js';
import type { KeptPin, NvrContext, NvrOfAccessory } from './context.js';
import { MAX_PINS } from '../settings.js';
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
  /** Name of a pin. */
  readonly nameOf: (kind: PinKind, pin: number) => string;
  /** Whether the contact at an input is open while the input is off. */
  readonly isNormallyClosed: (pin: number) => boolean;
  /** Whether faults have sensors of their own. */
  readonly faults: boolean;
  readonly logger: Logger;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** DO is a switch, DI a contact sensor. */
export type PinKind = 'output' | 'input';

/** Pins to show, and how long they have been missing. */
export type ShownPins = Readonly<Record<PinKind, readonly Pick<KeptPin, 'pin' | 'missingFor'>[]>>;

/** Subtypes of the sensors that are closed while the NVR is connected, and while its disks are well. */
const [CONNECTION, DISKS] = ['connection', 'disks'];

/** The NVR in HomeKit: whether it is connected and well, a switch for each alarm output, a sensor for each alarm input. */
export class NvrAccessory {
  readonly #options: NvrAccessoryOptions;
  readonly #pins: Readonly<Record<PinKind, Map<number, Service>>> = { output: new Map(), input: new Map() };
  readonly platformAccessory: PlatformAccessory<NvrContext>;
  readonly #sensor: Service;
  readonly #disks: Service | undefined;
  #connected = false;
  #faulty = false;
  #full = false;

  constructor(options: NvrAccessoryOptions) {
    this.#options = options;
    this.platformAccessory = options.accessory;
    this.#sensor = this.#makeSensor('Connection', CONNECTION);
    // What Home shows of the accessory first.
    this.#sensor.setPrimaryService(true);
    const past = options.accessory.getServiceById(options.api.hap.Service.ContactSensor, DISKS);
    if (options.faults) this.#disks = this.#makeSensor('Disks', DISKS);
    else if (past) options.accessory.removeService(past);
    this.#showConnection();
    this.#show('output', this.pins('output'));
    this.#show('input', this.pins('input'));
  }

  /** Pins that are shown, those included that the NVR does not list at present. */
  pins(kind: PinKind): readonly KeptPin[] {
    const { outputs, inputs } = this.platformAccessory.context;
    return kind === 'output' ? outputs : inputs;
  }

  /**
   * Takes over what the NVR says about itself.
   *
   * @param information `undefined`: what is shown of it stays
   */
  describe(information: NvrInformation | undefined, nvr: NvrOfAccessory, pins: ShownPins): void {
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
    this.#show('output', pins.output);
    this.#show('input', pins.input);
    const named = (kind: PinKind) => pins[kind].map((kept) => ({ ...kept, name: this.#nameOf(kind, kept.pin) }));
    accessory.context = { ...accessory.context, nvr, outputs: named('output'), inputs: named('input') };
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
        this.#pins.output.get(pin)?.updateCharacteristic(this.#options.api.hap.Characteristic.On, on);
        return;
      }
      case 'input':
        return this.#showInput(change.pin, change.on);
      default:
    }
  }

  #makeSensor(name: string, subtype: string): Service {
    const { api, accessory, save } = this.#options;
    const { hap } = api;
    const sensor = namedService(hap, accessory, hap.Service.ContactSensor, name, name, subtype);
    keepChosenName(hap, accessory, sensor, subtype, save);
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
    this.#disks
      ?.updateCharacteristic(ContactSensorState, this.#faulty ? CONTACT_NOT_DETECTED : CONTACT_DETECTED)
      .updateCharacteristic(StatusActive, this.#connected);
  }

  /** @param on `undefined`: not known; the last word stands, and is doubtful */
  #showInput(pin: number, on: boolean | undefined): void {
    const { ContactSensorState, StatusActive } = this.#options.api.hap.Characteristic;
    const service = this.#pins.input.get(pin)?.updateCharacteristic(StatusActive, on !== undefined);
    if (on === undefined) return;
    const open = on !== this.#options.isNormallyClosed(pin);
    const { CONTACT_DETECTED, CONTACT_NOT_DETECTED } = ContactSensorState;
    service?.updateCharacteristic(ContactSensorState, open ? CONTACT_NOT_DETECTED : CONTACT_DETECTED);
  }

  #show(kind: PinKind, kept: readonly { readonly pin: number }[]): void {
    const shown = this.#pins[kind];
    const pins = new Set(kept.map(({ pin }) => pin));
    for (const [pin, service] of shown) {
      if (pins.has(pin)) continue;
      this.platformAccessory.removeService(service);
      shown.delete(pin);
    }
    for (const pin of pins) {
      if (shown.has(pin)) continue;
      if (this.#pins.output.size + this.#pins.input.size >= MAX_PINS) return this.#tellOfLeft();
      shown.set(pin, this.#make(kind, pin));
    }
  }

  #tellOfLeft(): void {
    if (!this.#full) this.#options.logger.warn(`Home shows ${MAX_PINS} of its alarm outputs and inputs, and no more.`);
    this.#full = true;
  }

  #nameOf(kind: PinKind, pin: number): string {
    return homekitName(this.#options.nameOf(kind, pin), `${kind === 'output' ? 'Output' : 'Input'} ${pin}`);
  }

  #make(kind: PinKind, pin: number): Service {
    const { api, save } = this.#options;
    const { Service: Services } = api.hap;
    const accessory = this.platformAccessory;
    const formerName = this.pins(kind).find((kept) => kept.pin === pin)?.name;
    const subtype = `${kind}-${pin}`;
    const type = kind === 'output' ? Services.Switch : Services.ContactSensor;
    const service = namedService(api.hap, accessory, type, this.#nameOf(kind, pin), formerName, subtype);
    keepChosenName(api.hap, accessory, service, subtype, save);
    if (kind === 'output') this.#answerSwitch(service, pin);
    else service.updateCharacteristic(api.hap.Characteristic.StatusActive, false);
    return service;
  }

  #answerSwitch(service: Service, pin: number): void {
    const { api, outputs, nameOf, logger } = this.#options;
    const { hap } = api;
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
          const wanted = value ? 'on' : 'off';
          logger.warn(`${nameOf('output', pin)} could not be switched ${wanted}: ${(error as Error).message}`);
          throw failure();
        }
      });
  }
}
