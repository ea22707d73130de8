import type { API, PlatformAccessory, Service } from 'homebridge';
import type { CameraStreaming } from '../camera-streaming.js';
import type { ListedCamera } from '../nvr/inventory.js';
import type { CameraContext, NvrOfAccessory } from './context.js';
import { firmwareRevision, informationText } from './homekit-text.js';
import { namedService } from './named-service.js';

export interface CameraAccessoryOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<CameraContext>;
  /** Owned by this accessory from here on. */
  readonly streaming: CameraStreaming;
}

/** One camera in HomeKit: pictures, live view, motion. Complete from the cache alone. */
export class CameraAccessory {
  readonly #api: API;
  readonly #streaming: CameraStreaming;
  readonly #motionSensor: Service;
  readonly platformAccessory: PlatformAccessory<CameraContext>;

  constructor({ api, accessory, streaming }: CameraAccessoryOptions) {
    const { hap } = api;
    const { name } = accessory.context;
    this.#api = api;
    this.platformAccessory = accessory;
    this.#streaming = streaming;
    this.#motionSensor = namedService(hap, accessory, hap.Service.MotionSensor, name, name, 'motion');
    this.motion = false;
    this.reachable = false;
    const controller = new hap.CameraController(streaming.controllerOptions);
    streaming.controller = controller;
    accessory.configureController(controller);
  }

  get channel(): number {
    return this.platformAccessory.context.channel;
  }

  /** Whether the camera sees motion. */
  set motion(detected: boolean) {
    this.#motionSensor.updateCharacteristic(this.#api.hap.Characteristic.MotionDetected, detected);
  }

  /** Whether the NVR is connected and has the camera on line. */
  set reachable(reachable: boolean) {
    const { StatusActive, StatusFault } = this.#api.hap.Characteristic;
    this.#motionSensor.updateCharacteristic(StatusActive, reachable);
    this.#motionSensor.updateCharacteristic(StatusFault, reachable ? StatusFault.NO_FAULT : StatusFault.GENERAL_FAULT);
  }

  /** Takes over what the NVR says about the camera. */
  describe(camera: ListedCamera, nvr: NvrOfAccessory): void {
    const { hap } = this.#api;
    const accessory = this.platformAccessory;
    const { name: formerName, mac: formerMac } = accessory.context;
    accessory.context = cameraContext(camera, nvr, formerMac);
    const { mac } = accessory.context;
    if (accessory.displayName !== camera.name) accessory.updateDisplayName(camera.name);
    namedService(hap, accessory, hap.Service.MotionSensor, camera.name, formerName, 'motion');
    accessory
      .getService(hap.Service.AccessoryInformation)
      ?.updateCharacteristic(hap.Characteristic.Name, camera.name)
      .updateCharacteristic(hap.Characteristic.Manufacturer, informationText(camera.manufacturer, 'EverFocus'))
      .updateCharacteristic(hap.Characteristic.Model, informationText(camera.model, 'Camera'))
      .updateCharacteristic(hap.Characteristic.SerialNumber, mac ?? `${nvr.serial ?? nvr.address}-${camera.channel}`)
      .updateCharacteristic(hap.Characteristic.FirmwareRevision, firmwareRevision(camera.firmware));
  }

  close(): Promise<void> {
    return this.#streaming.close();
  }
}

/** What is kept of a camera. */
export function cameraContext(camera: ListedCamera, nvr: NvrOfAccessory, formerMac?: string): CameraContext {
  const mac = camera.mac ?? formerMac;
  return { kind: 'camera', nvr, channel: camera.channel, ...(mac !== undefined && { mac }), name: camera.name };
}
