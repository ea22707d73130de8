import type { API, CameraController, CameraStreamingDelegate, PlatformAccessory, Service } from 'homebridge';
import type { StateChange, Subscription } from '../../shared/index.js';
import { attachController, type CameraStreaming, type HomeKitWays } from '../camera-streaming.js';
import { AskingConnections } from '../live/asking-connections.js';
import { Leaving } from '../live/leaving.js';
import { FULL_VOLUME, VolumeControl } from '../live/volume-control.js';
import type { ListedCamera } from '../nvr/inventory.js';
import type { CameraRecorder, Feeds } from '../recording/camera-recorder.js';
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
  readonly open: (channel: number, ways: HomeKitWays) => CameraStreaming;
  /** HomeKit Secure Video of this accessory, which owns it; `undefined` where the user wants none. */
  readonly record: (ways: HomeKitWays) => CameraRecorder | undefined;
  readonly feeds: (channel: number) => Feeds;
  /** Tells what becomes of the camera of a channel, first of all what is known. */
  readonly watch: (channel: number, listener: (change: StateChange) => void) => Subscription;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** What is known of the camera on the accessory's channel. */
interface Seen {
  readonly online: boolean;
  /** Whether its events are reported. */
  readonly heard: boolean;
  /** The last word, also while the NVR is away. */
  readonly motion: boolean;
  readonly videoLoss: boolean;
  /** The NVR is known not to answer, or to let nobody in. */
  readonly away: boolean;
  /** The NVR is known to have the camera off line. */
  readonly offline: boolean;
}

const NOTHING: Seen = {
  ...{ online: false, heard: false, motion: false, videoLoss: false },
  ...{ away: false, offline: false },
};

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
  readonly #ways: HomeKitWays;
  readonly #recorder: CameraRecorder | undefined;
  #streaming: CameraStreaming | AbsentCamera;
  #presence: Presence = 'listed';
  #seen = NOTHING;
  #subscription: Subscription;
  /** Streams that were left behind. */
  readonly #leaving = new Leaving();

  constructor(options: CameraAccessoryOptions) {
    const { api, accessory, save } = options;
    const { hap } = api;
    const { name, channel } = accessory.context;
    this.#options = options;
    this.platformAccessory = accessory;
    this.#motionSensor = namedService(hap, accessory, hap.Service.MotionSensor, name, name, MOTION);
    keepChosenName(hap, accessory, this.#motionSensor, MOTION, save);
    const [microphone, speaker] = [new VolumeControl(), new VolumeControl()];
    this.#ways = { asking: new AskingConnections(hap), microphone, speaker };
    const streaming = options.open(channel, this.#ways);
    this.#streaming = streaming;
    this.#recorder = options.record(this.#ways);
    this.#recorder?.look(options.feeds(channel));
    // The controller stays when the camera moves, for its services are what Home knows.
    const delegate: CameraStreamingDelegate = {
      handleSnapshotRequest: (...request) => this.#streaming.handleSnapshotRequest(...request),
      prepareStream: (...request) => this.#streaming.prepareStream(...request),
      handleStreamRequest: (...request) => this.#streaming.handleStreamRequest(...request),
    };
    this.#controller = attachController({
      hap,
      accessory,
      options: {
        ...streaming.controllerOptions,
        delegate,
        ...(this.#recorder && {
          recording: { options: this.#recorder.recordingOptions, delegate: this.#recorder },
          sensors: { motion: this.#motionSensor },
        }),
      },
      ways: this.#ways,
      volumes: { microphone: FULL_VOLUME, speaker: FULL_VOLUME, ...accessory.context },
      changed: (volumes) => {
        accessory.context = { ...accessory.context, ...volumes };
        save();
      },
    });
    streaming.controller = this.#controller;
    if (this.#recorder) this.#recorder.controller = this.#controller;
    // Last: the controller calls the sensor active.
    this.#show();
    this.#subscription = this.#watch();
  }

  get channel(): number {
    return this.platformAccessory.context.channel;
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Whether everything of it can be seen: the NVR is connected, has the camera on line, and reports its events. */
  get #isWell(): boolean {
    return this.#presence === 'listed' && this.#seen.online && this.#seen.heard;
  }

  /** Why there can be no live view; what is not known yet is no reason. */
  get #obstacle(): string | undefined {
    if (this.#seen.away) return 'the NVR is away';
    if (this.#presence !== 'listed') return 'the NVR does not show the camera';
    return this.#seen.offline ? 'the NVR has the camera off line' : undefined;
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
    this.#show();
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
    if (displaced && !(this.#streaming instanceof AbsentCamera)) {
      this.#leave(new AbsentCamera());
      this.#recorder?.look(undefined);
    }
    this.#show();
  }

  async close(): Promise<void> {
    this.#subscription.close();
    this.#recorder?.close();
    await Promise.allSettled([this.#leaving.gone(), this.#streaming.close()]);
  }

  #watch(): Subscription {
    this.#seen = NOTHING;
    return this.#options.watch(this.channel, (change) => {
      this.#seen = afterChange(this.#seen, change);
      this.#show();
    });
  }

  /** Says what is new, and nothing else. */
  #show(): void {
    if (!(this.#streaming instanceof AbsentCamera)) this.#streaming.obstacle = this.#obstacle;
    const { MotionDetected, StatusActive, StatusFault } = this.#options.api.hap.Characteristic;
    const { motion, videoLoss } = this.#seen;
    const well = this.#isWell;
    const shown = [
      [MotionDetected, motion && this.#presence === 'listed'],
      [StatusActive, well],
      [StatusFault, well && !videoLoss ? StatusFault.NO_FAULT : StatusFault.GENERAL_FAULT],
    ] as const;
    for (const [characteristic, value] of shown) {
      if (this.#motionSensor.getCharacteristic(characteristic).value !== value) {
        this.#motionSensor.updateCharacteristic(characteristic, value);
      }
    }
  }

  #reopen(): void {
    const streaming = this.#options.open(this.channel, this.#ways);
    streaming.controller = this.#controller;
    this.#leave(streaming);
    this.#recorder?.look(this.#options.feeds(this.channel));
    this.#subscription.close();
    this.#subscription = this.#watch();
  }

  #leave(next: CameraStreaming | AbsentCamera): void {
    this.#leaving.add(this.#streaming);
    this.#streaming = next;
  }
}

function afterChange(seen: Seen, change: StateChange): Seen {
  switch (change.kind) {
    case 'connection':
      return { ...seen, away: change.connection.is === 'away' || change.connection.is === 'rejected' };
    case 'camera': {
      const offline = change.camera?.online === false;
      return { ...seen, offline, online: change.camera !== undefined && !offline };
    }
    case 'events':
      return { ...seen, heard: change.known };
    case 'event':
      return { ...seen, [change.type?.toLowerCase() === 'videoloss' ? 'videoLoss' : 'motion']: change.active };
    default:
      return seen;
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
    ...(former?.microphone && { microphone: former.microphone }),
    ...(former?.speaker && { speaker: former.speaker }),
  };
}
