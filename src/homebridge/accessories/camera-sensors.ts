import type { HAP, PlatformAccessory, Service, WithUUID } from 'homebridge';
import type { Clock } from '../../shared/index.js';
import type { CameraConfiguration } from '../config.js';
import type { CameraContext } from './context.js';
import { homekitName } from './homekit-text.js';
import { Lasting } from './lasting.js';
import { keepChosenName, namedService } from './named-service.js';

/** Subtypes of the services. */
const [MOTION, OCCUPANCY, INPUT] = ['motion', 'occupancy', 'input'];

export interface CameraSensorsOptions {
  readonly hap: HAP;
  readonly accessory: PlatformAccessory<CameraContext>;
  readonly settings: Pick<CameraConfiguration, 'hold' | 'occupancy'>;
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
  readonly videoLoss: boolean;
  /** An alarm input of the camera is on. */
  readonly input: boolean;
}

/** The sensors of a camera in HomeKit: motion, and where there is one, occupancy and its alarm input. */
export class CameraSensors {
  readonly #options: CameraSensorsOptions;
  readonly motion: Service;
  readonly #occupancy: Service | undefined;
  #input: Service | undefined;
  readonly #moving: Lasting;
  readonly #occupied: Lasting;
  #sensed: Sensed = { present: true, well: false, motion: false, videoLoss: false, input: false };

  constructor(options: CameraSensorsOptions) {
    const { hap, accessory, settings, clock } = options;
    const { ContactSensor, MotionSensor, OccupancySensor } = hap.Service;
    const { name } = accessory.context;
    this.#options = options;
    this.motion = this.#service(MotionSensor, name, name, MOTION);
    const lingering = accessory.getServiceById(OccupancySensor, OCCUPANCY);
    if (settings.occupancy !== undefined) {
      this.#occupancy = this.#service(OccupancySensor, occupancyName(name), occupancyName(name), OCCUPANCY);
    } else if (lingering) accessory.removeService(lingering);
    if (accessory.context.input) {
      this.#input = this.#service(ContactSensor, inputName(name), inputName(name), INPUT);
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
    if (this.#input) namedService(hap, accessory, ContactSensor, inputName(name), inputName(former), INPUT);
    else if (hasInput) this.#input = this.#service(ContactSensor, inputName(name), undefined, INPUT);
  }

  /** Says what is new, and nothing else. */
  show(sensed: Sensed): void {
    const { ContactSensorState, MotionDetected, OccupancyDetected, StatusActive, StatusFault } =
      this.#options.hap.Characteristic;
    this.#sensed = sensed;
    for (const lasting of [this.#moving, this.#occupied]) {
      if (sensed.present) lasting.set(sensed.motion);
      else lasting.clear();
    }
    const { well, videoLoss, input } = sensed;
    const fault = (faulty: boolean) => (faulty ? StatusFault.GENERAL_FAULT : StatusFault.NO_FAULT);
    update(this.motion, [
      [MotionDetected, this.#moving.lasts],
      [StatusActive, well],
      [StatusFault, fault(!well || videoLoss)],
    ]);
    if (this.#occupancy) {
      const { OCCUPANCY_DETECTED, OCCUPANCY_NOT_DETECTED } = OccupancyDetected;
      update(this.#occupancy, [
        [OccupancyDetected, this.#occupied.lasts ? OCCUPANCY_DETECTED : OCCUPANCY_NOT_DETECTED],
        [StatusActive, well],
      ]);
    }
    if (this.#input) {
      const { CONTACT_DETECTED, CONTACT_NOT_DETECTED } = ContactSensorState;
      update(this.#input, [
        [ContactSensorState, input ? CONTACT_NOT_DETECTED : CONTACT_DETECTED],
        [StatusActive, well],
      ]);
    }
  }

  close(): void {
    this.#moving.clear();
    this.#occupied.clear();
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

function inputName(camera: string): string {
  return homekitName(`${camera} input`, 'Input');
}
