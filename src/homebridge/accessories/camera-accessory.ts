import type { API, CameraController, CameraStreamingDelegate, PlatformAccessory } from 'homebridge';
import type { Clock, Interest, Logger, StateChange, Subscription } from '../../shared/index.js';
import type { CameraConfiguration } from '../config.js';
import { INPUT_EVENT } from '../config/ringer.js';
import { attachController, type CameraStreaming, type HomeKitWays } from '../camera-streaming.js';
import { AskingConnections } from '../live/asking-connections.js';
import { Leaving } from '../live/leaving.js';
import { FULL_VOLUME, VolumeControl } from '../live/volume-control.js';
import type { ListedCamera } from '../nvr/inventory.js';
import type { CameraRecorder, Feeds } from '../recording/camera-recorder.js';
import { AbsentCamera } from './absent-camera.js';
import { CameraSensors } from './camera-sensors.js';
import type { CameraContext, NvrOfAccessory } from './context.js';
import { begins, Doorbell, ring } from './doorbell.js';
import { firmwareRevision, informationText } from './homekit-text.js';
import { RecordSwitch } from './record-switch.js';

/** Type of the event while a camera gives no picture. */
const VIDEO_LOSS = 'VideoLoss';

export interface CameraAccessoryOptions {
  readonly api: API;
  readonly accessory: PlatformAccessory<CameraContext>;
  /** Pictures and live view of a channel; what it gives is owned by this accessory. */
  readonly open: (channel: number, ways: HomeKitWays) => CameraStreaming;
  /** HomeKit Secure Video of this accessory, which owns it; `undefined` where the user wants none. */
  readonly record: (ways: HomeKitWays) => CameraRecorder | undefined;
  readonly feeds: (channel: number) => Feeds;
  /** What the user wants of the camera of a channel. */
  readonly settings: (channel: number) => CameraConfiguration;
  /** Whether faults have sensors of their own. */
  readonly faults: boolean;
  /** Has the NVR begin or end a recording of a channel by hand. @throws NvrError */
  readonly recordByHand: (channel: number, on: boolean) => Promise<void>;
  readonly logger: Logger;
  /** Tells what becomes of the NVR and its cameras, first of all what is known. */
  readonly watch: (interest: Interest, listener: (change: StateChange) => void) => Subscription;
  readonly clock: Clock;
  /** Writes the accessory to disk. */
  readonly save: () => void;
}

/** What is known of the camera on the accessory's channel. */
interface Seen {
  readonly online: boolean;
  /** Whether its events are reported. */
  readonly heard: boolean;
  /** Types of events that are active, in lower case: the last word, also while the NVR is away. */
  readonly active: ReadonlySet<string>;
  /** The NVR is known not to answer, or to let nobody in. */
  readonly away: boolean;
  /** The NVR is known to have the camera off line. */
  readonly offline: boolean;
  /** Whether it is recorded by hand; `undefined`: not known. */
  readonly manual?: boolean | undefined;
}

const NOTHING: Seen = { online: false, heard: false, active: new Set(), away: false, offline: false };

/** Where the accessory's camera is, as the NVR last said. */
export type Presence =
  | 'listed'
  /** Switched off at the NVR. */
  | 'disabled'
  /** Not listed; its channel is nobody's. */
  | 'missing'
  /** Not listed, and another camera has its channel. */
  | 'displaced';

/** One camera in HomeKit: pictures, live view, sensors, doorbell. Complete from the cache alone. */
export class CameraAccessory {
  readonly #options: CameraAccessoryOptions;
  readonly #sensors: CameraSensors;
  readonly #recordSwitch: RecordSwitch | undefined;
  readonly platformAccessory: PlatformAccessory<CameraContext>;
  readonly #controller: CameraController;
  readonly #ways: HomeKitWays;
  readonly #recorder: CameraRecorder | undefined;
  #streaming: CameraStreaming | AbsentCamera;
  #presence: Presence = 'listed';
  #seen = NOTHING;
  readonly #doorbell: Doorbell | undefined;
  #subscription: Subscription;
  /** Streams that were left behind. */
  readonly #leaving = new Leaving();

  constructor(options: CameraAccessoryOptions) {
    const { api, accessory, save, clock, faults, logger } = options;
    const { hap } = api;
    const { channel } = accessory.context;
    this.#options = options;
    this.platformAccessory = accessory;
    try {
      const settings = options.settings(channel);
      this.#sensors = new CameraSensors({ hap, accessory, settings, faults, clock, save });
      const set = (on: boolean) => options.recordByHand(this.channel, on);
      if (settings.manualRecord) this.#recordSwitch = new RecordSwitch({ hap, accessory, set, logger, save });
      else RecordSwitch.remove({ hap, accessory });
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
            sensors: { motion: this.#sensors.motion },
          }),
        },
        ways: this.#ways,
        rings: settings.doorbell !== undefined,
        volumes: { microphone: FULL_VOLUME, speaker: FULL_VOLUME, ...accessory.context },
        changed: (volumes) => {
          accessory.context = { ...accessory.context, ...volumes };
          save();
        },
      });
      streaming.controller = this.#controller;
      if (this.#recorder) {
        this.#recorder.controller = this.#controller;
        this.#recorder.onArmed = () => this.#stand();
      }
      const { doorbell } = settings;
      const rings = () => {
        ring(this.#controller);
        this.#expectHome();
      };
      if (doorbell) this.#doorbell = new Doorbell(doorbell, clock, rings);
      // Last: the controller calls the sensor active.
      this.#show();
      this.#subscription = this.#watch();
    } catch (error) {
      // What has been begun of it must not go on: it is tried again with each list.
      void this.close().catch(() => undefined);
      throw error;
    }
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
  describe(camera: ListedCamera, nvr: NvrOfAccessory, hasInput: boolean): void {
    const { hap } = this.#options.api;
    const accessory = this.platformAccessory;
    const former = accessory.context;
    const isOther = former.mac !== undefined && camera.mac !== undefined && former.mac !== camera.mac;
    accessory.context = cameraContext(camera, nvr, { ...former, ...(hasInput && { input: true }) });
    const { mac } = accessory.context;
    this.#presence = camera.enabled ? 'listed' : 'disabled';
    if (isOther || former.channel !== camera.channel || this.#streaming instanceof AbsentCamera) this.#reopen();
    this.#sensors.describe(camera.name, former.name, hasInput);
    this.#recordSwitch?.describe(camera.name, former.name);
    this.#show();
    if (accessory.displayName !== camera.name) accessory.updateDisplayName(camera.name);
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

  /** Ends whatever there is of it: of one that could not be made, not all. */
  async close(): Promise<void> {
    this.#subscription?.close();
    this.#sensors?.close();
    this.#recorder?.close();
    await Promise.allSettled([this.#leaving.gone(), this.#streaming?.close()]);
  }

  #watch(): Subscription {
    const { channel } = this;
    const { motion, doorbell, tamper } = this.#options.settings(channel);
    this.#seen = NOTHING;
    const types = [...motion, ...tamper, VIDEO_LOSS, INPUT_EVENT, ...(doorbell?.by === 'event' ? [doorbell.type] : [])];
    const channels = [channel];
    const interest = {
      ...{ cameras: { channels }, events: { channels, types }, pins: doorbell?.by === 'pin' },
      manual: this.#recordSwitch !== undefined,
    };
    return this.#options.watch(interest, (change) => {
      this.#seen = afterChange(this.#seen, change);
      this.#show();
      if (this.#presence !== 'listed') return;
      this.#doorbell?.hear(change);
      if (begins(change, motion)) this.#expectHome();
    });
  }

  /** An event begins: Home may record it, and somebody may look. */
  #expectHome(): void {
    this.#recorder?.expect();
    if (!(this.#streaming instanceof AbsentCamera)) this.#streaming.expectViewer();
  }

  /** Says what is new, and nothing else. */
  #show(): void {
    if (!(this.#streaming instanceof AbsentCamera)) this.#streaming.obstacle = this.#obstacle;
    this.#stand();
    const is = (type: string) => this.#seen.active.has(type.toLowerCase());
    const { motion, tamper } = this.#options.settings(this.channel);
    this.#recordSwitch?.show(this.#presence === 'listed' ? this.#seen.manual : undefined);
    this.#sensors.show({
      present: this.#presence === 'listed',
      well: this.#isWell,
      motion: motion.some(is),
      picture: is(VIDEO_LOSS) || this.#seen.offline,
      tamper: tamper.some(is),
      input: is(INPUT_EVENT),
    });
  }

  #stand(): void {
    if (this.#streaming instanceof AbsentCamera) return;
    const online = this.#presence === 'listed' && this.#seen.online && !this.#seen.away;
    this.#streaming.stand(online, this.#recorder?.armed ?? false);
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
      return { ...seen, offline, online: change.camera !== undefined && !offline, manual: change.camera?.manual };
    }
    case 'events':
      return { ...seen, heard: change.known };
    case 'event':
      return { ...seen, active: withType(seen.active, change.type?.toLowerCase(), change.active) };
    default:
      return seen;
  }
}

/** @param type `undefined`: of the types that are watched some or none is active, and nobody knows which */
function withType(before: ReadonlySet<string>, type: string | undefined, active: boolean): ReadonlySet<string> {
  if (type === undefined) return active ? before : new Set();
  return new Set(active ? [...before, type] : [...before].filter((other) => other !== type));
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
    ...(former?.input && { input: former.input }),
    ...(former?.names && { names: former.names }),
    ...(former?.microphone && { microphone: former.microphone }),
    ...(former?.speaker && { speaker: former.speaker }),
  };
}
