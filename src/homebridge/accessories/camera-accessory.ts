import type { API, CameraController, CameraStreamingDelegate, PlatformAccessory, Service } from 'homebridge';
import type { CameraStreaming } from '../camera-streaming.js';
import type { ListedCamera } from '../nvr/inventory.js';
import { AbsentCamera } from './absent-camera.js';
import type { CameraContext, NvrOfAccessory } from './context.js';
import { firmwareRevision, informationText } from './homekit-text.js';
import { keepChosenName, namedService } from './named-service.js';

/** Subtype of its motion sensor. */
const MOTION = 'motion';

export interface CameraAccessoryOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<CameraContext>;
  /** Pictures and live view of a channel; what it gives is owned by this accessory. */
  readonly open: (channel: number) => CameraStreaming;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** Where the accessory's camera is, as the NVR last said. */
export type Presence =
  | 'listed'
  /** Switched off at the NVR. */
  | 'disabled'
  /** Not listed; its channel is nobody's. */
  | 'missing'
  /** Not listed, and another camera has its channel. */
  | 'displaced';

/** One camera in HomeKit: pictures, live view, motion. Complete from the cache alone. */
export class CameraAccessory {
  readonly #options: CameraAccessoryOptions;
  readonly #motionSensor: Service;
  readonly platformAccessory: PlatformAccessory<CameraContext>;
  readonly #controller: CameraController;
  #streaming: CameraStreaming | AbsentCamera;
  #presence: Presence = 'listed';
  /** Streams that were left behind. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: CameraAccessoryOptions) {
    const { api, accessory, save } = options;
    const { hap } = api;
    const { name, channel } = accessory.context;
    this.#options = options;
    this.platformAccessory = accessory;
    this.#motionSensor = namedService(hap, accessory, hap.Service.MotionSensor, name, name, MOTION);
    keepChosenName(hap, accessory, this.#motionSensor, MOTION, save);
    this.motion = false;
    this.reachable = false;
    const streaming = options.open(channel);
    this.#streaming = streaming;
    // The controller stays when the camera moves, for its services are what Home knows.
    const delegate: CameraStreamingDelegate = {
      handleSnapshotRequest: (...request) => this.#streaming.handleSnapshotRequest(...request),
      prepareStream: (...request) => this.#streaming.prepareStream(...request),
      handleStreamRequest: (...request) => this.#streaming.handleStreamRequest(...request),
    };
    this.#controller = new hap.CameraController({ ...streaming.controllerOptions, delegate });
    streaming.controller = this.#controller;
    accessory.configureController(this.#controller);
  }
  get channel(): number {
    return this.platformAccessory.context.channel;
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Whether the camera sees motion. */
  set motion(detected: boolean) {
    const { MotionDetected } = this.#options.api.hap.Characteristic;
    this.#motionSensor.updateCharacteristic(MotionDetected, detected && this.#presence === 'listed');
  }

  /** Whether the NVR is connected and has the camera on line. */
  set reachable(reachable: boolean) {
    const { StatusActive, StatusFault } = this.#options.api.hap.Characteristic;
    const well = reachable && this.#presence === 'listed';
    this.#motionSensor.updateCharacteristic(StatusActive, well);
    this.#motionSensor.updateCharacteristic(StatusFault, well ? StatusFault.NO_FAULT : StatusFault.GENERAL_FAULT);
  }

  /** Takes over what the NVR says about the camera; another camera and another channel bring new pictures. */
  describe(camera: ListedCamera, nvr: NvrOfAccessory): void {
    const { hap } = this.#options.api;
    const accessory = this.platformAccessory;
    const former = accessory.context;
    const isOther = former.mac !== undefined && camera.mac !== undefined && former.mac !== camera.mac;
    accessory.context = cameraContext(camera, nvr, former);
    const { mac } = accessory.context;
    this.#presence = camera.enabled ? 'listed' : 'disabled';
    if (isOther || former.channel !== camera.channel || this.#streaming instanceof AbsentCamera) this.#reopen();
    if (!camera.enabled) this.#fail();
    if (accessory.displayName !== camera.name) accessory.updateDisplayName(camera.name);
    namedService(hap, accessory, hap.Service.MotionSensor, camera.name, former.name, MOTION);
    accessory
      .getService(hap.Service.AccessoryInformation)
      ?.updateCharacteristic(hap.Characteristic.Name, camera.name)
      .updateCharacteristic(hap.Characteristic.Manufacturer, informationText(camera.manufacturer, 'EverFocus'))
      .updateCharacteristic(hap.Characteristic.Model, informationText(camera.model, 'Camera'))
      .updateCharacteristic(hap.Characteristic.SerialNumber, mac ?? `${nvr.serial ?? nvr.address}-${camera.channel}`)
      .updateCharacteristic(hap.Characteristic.FirmwareRevision, firmwareRevision(camera.firmware));
  }

  /**
   * The NVR lists the camera no more.
   *
   * @param missingFor how long it has gone without it by now, ms
   * @param displaced another camera has its channel: its pictures must not be shown here
   */
  miss(missingFor: number, displaced: boolean): void {
    const accessory = this.platformAccessory;
    accessory.context = { ...accessory.context, missingFor };
    this.#presence = displaced ? 'displaced' : 'missing';
    if (displaced && !(this.#streaming instanceof AbsentCamera)) this.#leave(new AbsentCamera());
    this.#fail();
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#leaving, this.#streaming.close()]);
  }

  #fail(): void {
    this.motion = false;
    this.reachable = false;
  }

  #reopen(): void {
    const streaming = this.#options.open(this.channel);
    streaming.controller = this.#controller;
    this.#leave(streaming);
  }

  #leave(next: CameraStreaming | AbsentCamera): void {
    const leaving = this.#streaming.close();
    this.#streaming = next;
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}

/** What is kept of a camera. */
export function cameraContext(camera: ListedCamera, nvr: NvrOfAccessory, former?: CameraContext): CameraContext {
  const mac = camera.mac ?? former?.mac;
  return {
    kind: 'camera',
    nvr,
    channel: camera.channel,
    ...(mac !== undefined && { mac }),
    name: camera.name,
    ...(former?.names && { names: former.names }),
  };
}
