import type { HAP, PlatformAccessory, Service, WithUUID } from 'homebridge';
import type { Clock } from '../../shared/index.js';
import type { CameraConfiguration } from '../config.js';
import type { CameraContext } from './context.js';
import { homekitName } from './homekit-text.js';
import { Lasting } from './lasting.js';
import { keepChosenName, namedService } from './named-service.js';

/** Subtypes of the services. */
const [MOTION, OCCUPANCY] = ['motion', 'occupancy'];

/** Contact sensors that open while something is so, by their subtypes: what their names end in. */
const CONTACTS = { input: 'input', picture: 'picture fault', tamper: 'tampering' } as const;
type Contact = keyof typeof CONTACTS;

export interface CameraSensorsOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory<CameraContext>;
  readonly settings: Pick<CameraConfiguration, 'hold' | 'occupancy' | 'tamper'>;
  /** Whether faults have sensors of their own. */
  readonly faults: boolean;
  readonly clock: Clock;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** What the sensors are to show. */
export interface Sensed {
  /** The camera is the NVR's, and not another one has its place. */
  readonly present: boolean;
  /** Everything of it can be seen. */
  readonly well: boolean;
  readonly motion: boolean;
  /** The camera gives no picture. */
  readonly picture: boolean;
  /** Somebody tampers with it. */
  readonly tamper: boolean;
  /** An alarm input of the camera is on. */
  readonly input: boolean;
}

/** The sensors of a camera in HomeKit: motion, and as there are, occupancy, its alarm input, and what is wrong with it. */
export class CameraSensors {
  readonly #options: CameraSensorsOptions;
  readonly motion: Service;
  readonly #occupancy: Service | undefined;
  readonly #contacts = new Map<Contact, Service>();
  readonly #moving: Lasting;
  readonly #occupied: Lasting;
  #sensed: Sensed = { present: true, well: false, motion: false, picture: false, tamper: false, input: false };

  constructor(options: CameraSensorsOptions) {
    const { hap, accessory, settings, faults, clock } = options;
    const { ContactSensor, MotionSensor, OccupancySensor } = hap.Service;
    const { name, input } = accessory.context;
    this.#options = options;
    this.motion = this.#service(MotionSensor, name, name, MOTION);
    const { StatusTampered } = hap.Characteristic;
    if (settings.tamper.length === 0 && this.motion.testCharacteristic(StatusTampered)) {
      this.motion.removeCharacteristic(this.motion.getCharacteristic(StatusTampered));
    }
    const lingering = accessory.getServiceById(OccupancySensor, OCCUPANCY);
    if (settings.occupancy !== undefined) {
      this.#occupancy = this.#service(OccupancySensor, occupancyName(name), occupancyName(name), OCCUPANCY);
    } else if (lingering) accessory.removeService(lingering);
    const wanted = { input: input === true, picture: faults, tamper: faults && settings.tamper.length > 0 };
    for (const contact of Object.keys(CONTACTS) as Contact[]) {
      const past = accessory.getServiceById(ContactSensor, contact);
      if (wanted[contact]) this.#addContact(contact, name, name);
      else if (past) accessory.removeService(past);
    }
    const over = () => this.show(this.#sensed);
    this.#moving = new Lasting(clock, settings.hold * 1000, over);
    this.#occupied = new Lasting(clock, (settings.occupancy ?? 0) * 1000, over);
  }

  /** The camera has a name, and an alarm input or none. One that is shown stays. @param former name that it had */
  describe(name: string, former: string, hasInput: boolean): void {
    const { hap, accessory } = this.#options;
    const { ContactSensor, MotionSensor, OccupancySensor } = hap.Service;
    namedService(hap, accessory, MotionSensor, name, former, MOTION);
    if (this.#occupancy) {
      namedService(hap, accessory, OccupancySensor, occupancyName(name), occupancyName(former), OCCUPANCY);
    }
    for (const contact of this.#contacts.keys()) {
      const names = [contactName(contact, name), contactName(contact, former)] as const;
      namedService(hap, accessory, ContactSensor, ...names, contact);
    }
    if (hasInput && !this.#contacts.has('input')) this.#addContact('input', name, undefined);
  }

  /** Says what is new, and nothing else. */
  show(sensed: Sensed): void {
    const { ContactSensorState, MotionDetected, OccupancyDetected, StatusActive, StatusFault, StatusTampered } =
      this.#options.hap.Characteristic;
    this.#sensed = sensed;
    for (const lasting of [this.#moving, this.#occupied]) {
      if (sensed.present) lasting.set(sensed.motion);
      else lasting.clear();
    }
    const { well, picture, tamper } = sensed;
    const fault = (faulty: boolean) => (faulty ? StatusFault.GENERAL_FAULT : StatusFault.NO_FAULT);
    update(this.motion, [
      [MotionDetected, this.#moving.lasts],
      [StatusActive, well],
      [StatusFault, fault(!well || picture)],
    ]);
    if (this.#options.settings.tamper.length > 0) {
      update(this.motion, [[StatusTampered, tamper ? StatusTampered.TAMPERED : StatusTampered.NOT_TAMPERED]]);
    }
    if (this.#occupancy) {
      const { OCCUPANCY_DETECTED, OCCUPANCY_NOT_DETECTED } = OccupancyDetected;
      update(this.#occupancy, [
        [OccupancyDetected, this.#occupied.lasts ? OCCUPANCY_DETECTED : OCCUPANCY_NOT_DETECTED],
        [StatusActive, well],
      ]);
    }
    const { CONTACT_DETECTED, CONTACT_NOT_DETECTED } = ContactSensorState;
    for (const [contact, service] of this.#contacts) {
      update(service, [
        [ContactSensorState, sensed[contact] ? CONTACT_NOT_DETECTED : CONTACT_DETECTED],
        [StatusActive, well],
      ]);
    }
  }

  close(): void {
    this.#moving.clear();
    this.#occupied.clear();
  }

  /** @param former name of the camera; `undefined` where the sensor is new */
  #addContact(contact: Contact, name: string, former: string | undefined): void {
    const before = former === undefined ? undefined : contactName(contact, former);
    const { ContactSensor } = this.#options.hap.Service;
    this.#contacts.set(contact, this.#service(ContactSensor, contactName(contact, name), before, contact));
  }

  #service(kind: WithUUID<typeof Service>, name: string, former: string | undefined, subtype: string): Service {
    const { hap, accessory, save } = this.#options;
    const service = namedService(hap, accessory, kind, name, former, subtype);
    keepChosenName(hap, accessory, service, subtype, save);
    return service;
  }
}

type Characteristics = readonly (readonly [Parameters<Service['getCharacteristic']>[0], boolean | number])[];

function update(service: Service, shown: Characteristics): void {
  for (const [characteristic, value] of shown) {
    if (service.getCharacteristic(characteristic)?.value !== value) service.updateCharacteristic(characteristic, value);
  }
}

function occupancyName(camera: string): string {
  return homekitName(`${camera} occupancy`, 'Occupancy');
}

function contactName(contact: Contact, camera: string): string {
  return homekitName(`${camera} ${CONTACTS[contact]}`, 'Contact');
}
