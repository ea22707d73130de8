import type { API, PlatformAccessory } from 'homebridge';
import { operations } from '../../shared/index.js';
import type { Clock, Interest, Logger, Nvr, Pins, StateChange, StreamName, Subscription } from '../../shared/index.js';
import { CameraAccessory, cameraContext } from '../accessories/camera-accessory.js';
import { coarse, HealthyTime, isGone } from '../accessories/absence.js';
import { assignCameras } from '../accessories/camera-assignment.js';
import { cameraIdentity } from '../accessories/camera-identity.js';
import {
  nvrContext,
  readContext,
  type AccessoryContext,
  type CameraContext,
  type HiddenCamera,
  type NvrContext,
  type NvrOfAccessory,
} from '../accessories/context.js';
import { type Recogniser, recogniserOf } from '../accessories/ownership.js';
import { homekitName } from '../accessories/homekit-text.js';
import { NvrAccessory, type PinKind } from '../accessories/nvr-accessory.js';
import { IP_CAMERA, SWITCH } from '../accessories/hap-values.js';
import { HiddenCameras, mayLeave } from '../accessories/hidden-cameras.js';
import { holds, type AccessoryRegistry, type EverFocusAccessory } from '../accessories/registry.js';
import { CameraStreaming, type HomeKitWays } from '../camera-streaming.js';
import { type CameraConfiguration, type NvrConfiguration, plainCamera } from '../config.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { CameraRecorder } from '../recording/camera-recorder.js';
import type { StandingStreams } from '../live/standing-streams.js';
import { OutputPins } from '../outputs/output-pins.js';
import { PastAccessory } from '../past/past-accessory.js';
import type { PicturePool } from '../snapshot/picture-pool.js';
import { ChangeLog } from './change-log.js';
import type { Inventory, ListedCamera, NvrInformation } from './inventory.js';
import { PinsToShow } from './pins-to-show.js';

export interface NvrAccessoriesOptions {
  readonly configuration: NvrConfiguration;
  readonly client: Nvr;
  readonly api: API;
  readonly ffmpeg: Ffmpeg;
  readonly pictures: PicturePool | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly standing: StandingStreams | undefined;
  readonly registry: AccessoryRegistry;
}

/** A camera that is to get an accessory. */
interface WantedCamera {
  readonly camera: ListedCamera;
  /** What it was before it was hidden. */
  readonly hidden?: HiddenCamera;
}

/** The accessories of one NVR: restored from the cache, then brought into line with what the NVR lists. */
export class NvrAccessories {
  readonly #options: NvrAccessoriesOptions;
  readonly #pins: OutputPins;
  #cameras: CameraAccessory[] = [];
  #nvr: NvrAccessory | undefined;
  readonly #past: PastAccessory;
  /** Of the NVR's own accessory. */
  #subscription: Subscription | undefined;
  #saved = '';
  readonly #healthyTime = new HealthyTime();
  /** By the UUIDs of cameras, to the millisecond; what is written to disk is coarser. */
  readonly #missingFor = new Map<string, number>();
  #hidden = new HiddenCameras();
  readonly #pinsToShow: PinsToShow;
  readonly #changes: ChangeLog;

  constructor(options: NvrAccessoriesOptions) {
    const { client, configuration, logger, clock } = options;
    this.#options = options;
    this.#changes = new ChangeLog(logger, clock, client.limits);
    this.#pinsToShow = new PinsToShow(configuration, logger);
    this.#past = new PastAccessory({
      ...options,
      newUuid: (nvr) => this.#newUuid(`past ${nvrIdentity(nvr)}`, nvr),
      isHidden: (channel) => this.#settings(channel).hidden,
    });
    this.#pins = new OutputPins({
      client,
      clock,
      logger,
      pulses: new Map(configuration.outputs.flatMap(({ pin, pulse }) => (pulse === undefined ? [] : [[pin, pulse]]))),
      nameOf: (pin) => this.#pinName('output', pin),
    });
  }

  /** Serial number of the NVR that they come from; `undefined` where they do not know it, or not the same one. */
  get serial(): string | undefined {
    const [serial, ...others] = new Set(this.#accessories().flatMap(({ context }) => context.nvr.serial ?? []));
    return others.length === 0 ? serial : undefined;
  }

  /** Shows accessories from the cache, before the NVR has answered. One that cannot be shown harms no other. */
  restore(accessories: readonly EverFocusAccessory[]): void {
    for (const accessory of accessories) {
      try {
        this.#restore(accessory);
      } catch (error) {
        this.#options.logger.error(`${accessory.displayName} cannot be restored: ${String(error)}`);
      }
    }
  }

  #restore(accessory: EverFocusAccessory): void {
    // What else is in it may be of any type.
    accessory.context = readContext(accessory.context) ?? {};
    if (holds(accessory, 'camera')) this.#cameras.push(this.#showCamera(accessory));
    else if (holds(accessory, 'nvr') && !this.#nvr) {
      this.#hidden = new HiddenCameras(accessory.context.hidden);
      this.#nvr = this.#showNvr(accessory);
    } else if (!this.#past.restore(accessory)) this.#options.registry.remove([accessory]);
  }

  /** Tells which accessories, of whatever name and address, are this NVR's; also those whose context was lost. */
  recogniser({ cameras }: Inventory, nvr: NvrOfAccessory): Recogniser {
    const { uuid } = this.#options.api.hap;
    const identity = nvrIdentity(nvr);
    const own = new Map<string, AccessoryContext>(
      cameras.map((camera) => [uuid.generate(cameraIdentity(camera, identity)), cameraContext(camera, nvr)]),
    );
    own
      .set(uuid.generate(`nvr ${identity}`), nvrContext(nvr))
      .set(uuid.generate(`past ${identity}`), { kind: 'past', nvr });
    return recogniserOf(own, nvr.serial);
  }

  /**
   * Brings the accessories into line with what the NVR lists. What is missing there stays, until a healthy NVR has gone
   * without it for a day.
   */
  async takeOver({ cameras: listed, information, pins }: Inventory, nvr: NvrOfAccessory): Promise<boolean> {
    const { clock } = this.#options;
    // An NVR that lists nothing at all is just starting, or was reset.
    const healthy = listed.length > 0;
    const passed = this.#healthyTime.step(clock.now(), healthy);
    const cameras = listed.map((camera) => ({
      ...camera,
      name: homekitName(this.#settings(camera.channel).name, camera.name),
    }));
    const known = this.#known();
    const serials = known.flatMap(({ nvr: { serial } }) => serial ?? []);
    const sameNvr = nvr.serial === undefined || serials.every((serial) => serial === nvr.serial);
    const { kept, added, missing } = assignCameras({ listed: cameras, known, sameNvr });
    const withInputs = new Set(pins?.camerasWithInputs);
    const back: { readonly camera: ListedCamera; readonly hidden: HiddenCamera }[] = [];
    for (const { camera, accessory } of kept) {
      const { shown, uuid } = accessory;
      this.#missingFor.delete(uuid);
      if (!shown) {
        const context = cameraContext(camera, nvr, accessory.context);
        this.#hidden.keep({ uuid, context });
        if (camera.enabled && !this.#settings(camera.channel).hidden) back.push({ camera, hidden: { uuid, context } });
        continue;
      }
      this.#changes.tell(accessory.context, shown.presence, camera);
      shown.describe(camera, nvr, withInputs.has(camera.channel));
      if (this.#settings(camera.channel).hidden) await this.#hide(shown, accessory.context);
    }
    // A bridge may have no room for all: outputs are few, and have no other place in Home.
    this.#takeOverNvr(pins, passed, information, nvr);
    const wanted = [
      ...back,
      ...added.filter(({ channel }) => !this.#settings(channel).hidden).map((camera) => ({ camera })),
    ];
    const left = this.#addCameras(wanted, nvr, withInputs);
    this.#changes.left(left + this.#past.takeOver(nvr));
    for (const { shown, uuid, context, missingFor: before } of missing) {
      const missingFor = before + passed;
      this.#missingFor.set(uuid, missingFor);
      if (shown) await this.#miss(shown, missingFor, cameras);
      else this.#hidden.miss({ uuid, context }, missingFor, coarse(missingFor));
    }
    this.#save();
    return !missing.some(({ shown }) => shown);
  }

  async close(): Promise<void> {
    this.#subscription?.close();
    await Promise.allSettled([this.#pins, this.#past, ...this.#cameras].map((part) => part.close()));
  }

  /** What the user wants of the camera of a channel. */
  #settings(channel: number): CameraConfiguration {
    return this.#options.configuration.cameras.find((camera) => camera.channel === channel) ?? plainCamera(channel);
  }

  /** Cameras that are in Home, and those that have been. */
  #known() {
    const all = [
      ...this.#cameras.map((shown) => {
        const { UUID: uuid, context } = shown.platformAccessory;
        return { uuid, context, shown };
      }),
      ...this.#hidden.all.map((hidden) => ({ ...hidden, shown: undefined })),
    ];
    return all.map((one) => {
      const missingFor = this.#missingFor.get(one.uuid) ?? one.context.missingFor ?? 0;
      return { ...one.context, ...one, missingFor };
    });
  }

  /** The user has hidden the channel. @param former of the accessory before this list */
  async #hide(camera: CameraAccessory, former: CameraContext): Promise<void> {
    const { logger } = this.#options;
    const { channel, platformAccessory } = camera;
    const { context, UUID: uuid } = platformAccessory;
    if (mayLeave(former, channel)) {
      logger.info(`camera ${channel} hidden, as "hidden" in the settings says: ${context.name}.`);
      this.#hidden.keep({ uuid, context });
      return this.#removeCamera(camera);
    }
    platformAccessory.context = { ...context, exempt: channel };
    if (former.exempt === channel) return;
    logger.warn(
      `camera ${channel} (${context.name}) stays in Home, though "hidden" of camera ${channel} in the settings is "yes": it ` +
        'has been moved to that channel at the NVR. Correct the settings.',
    );
  }

  #showCamera(accessory: PlatformAccessory<CameraContext>): CameraAccessory {
    const { client, api, configuration, ffmpeg, pictures, logger, clock, standing, registry } = this.#options;
    const { hap } = api;
    const { name, channel: ofRestart } = accessory.context;
    const open = (channel: number, ways: HomeKitWays) =>
      new CameraStreaming({
        ...{ client, channel, hap, ffmpeg, pictures, logger, clock, name, sound, talk, ways, standing },
        onWatched: () => this.#past.watched(channel),
      });
    const { limits } = client;
    // As Home was told, also where the camera moves to another channel.
    const { talk, sound, recording } = this.#settings(ofRestart);
    const record = ({ microphone: heard }: HomeKitWays) => {
      const microphone = sound ? heard : undefined;
      if (!configuration.recording || !recording) return undefined;
      return new CameraRecorder({ hap, ffmpeg, microphone, logger, limits, clock, name });
    };
    const feeds = (channel: number) => (stream: StreamName) => client.feed(channel, stream);
    const settings = (channel: number) => this.#settings(channel);
    const watch = (interest: Interest, listener: (change: StateChange) => void) =>
      client.state.watch(interest, listener);
    const save = () => registry.save([accessory]);
    const recordByHand = async (channel: number, on: boolean) => {
      await client.call(operations.manualRecord, { channel, command: on ? 'start' : 'stop' });
    };
    const { faults } = configuration;
    return new CameraAccessory({
      ...{ api, accessory, open, record, feeds, settings, faults, recordByHand, watch, logger, clock, save },
    });
  }

  /** @returns how many the bridge had no room for */
  #addCameras(wanted: readonly WantedCamera[], nvr: NvrOfAccessory, withInputs: ReadonlySet<number>): number {
    const { registry, logger } = this.#options;
    const made: CameraAccessory[] = [];
    let failed = 0;
    for (const one of wanted) {
      // An NVR may list a thousand.
      if (made.length >= registry.room) break;
      const camera = this.#makeCamera(one, nvr, withInputs);
      if (camera) made.push(camera);
      else failed += 1;
    }
    const taken = new Set(registry.add(made.map(({ platformAccessory }) => platformAccessory)));
    for (const camera of made) {
      const { platformAccessory: accessory, channel } = camera;
      if (!taken.has(accessory)) {
        void camera.close();
        continue;
      }
      this.#cameras.push(camera);
      this.#hidden.forget(accessory.UUID);
      logger.info(`camera ${channel} added: ${accessory.context.name}`);
    }
    return wanted.length - taken.size - failed;
  }

  /** @returns `undefined` where it cannot be made, which costs no other camera */
  #makeCamera({ camera, hidden }: WantedCamera, nvr: NvrOfAccessory, withInputs: ReadonlySet<number>) {
    let shown: CameraAccessory | undefined;
    try {
      const uuid = hidden?.uuid ?? this.#newUuid(cameraIdentity(camera, nvrIdentity(nvr)), nvr);
      const accessory = new this.#options.api.platformAccessory<CameraContext>(camera.name, uuid, IP_CAMERA);
      accessory.context = cameraContext(camera, nvr, hidden?.context);
      shown = this.#showCamera(accessory);
      shown.describe(camera, nvr, withInputs.has(camera.channel));
      this.#changes.made(camera);
      return shown;
    } catch (error) {
      void shown?.close();
      this.#changes.failed(camera, error);
      return undefined;
    }
  }

  /** What becomes of an accessory whose camera is not listed. @param missingFor ms, this reading included */
  async #miss(camera: CameraAccessory, missingFor: number, listed: readonly ListedCamera[]): Promise<void> {
    const { logger } = this.#options;
    const { name, channel } = camera.platformAccessory.context;
    if (isGone(missingFor)) {
      logger.info(`camera ${channel} removed: ${name}. The NVR has not listed it for a day.`);
      return this.#removeCamera(camera);
    }
    if (camera.presence === 'listed' || camera.presence === 'disabled') {
      logger.warn(
        `camera ${channel} (${name}) is not listed by the NVR. It stays in Home, marked as faulty, and is removed when ` +
          'the NVR has gone without it for a day.',
      );
    }
    const displaced = listed.some((other) => other.channel === channel);
    camera.miss(coarse(missingFor), displaced);
  }

  async #removeCamera(camera: CameraAccessory): Promise<void> {
    this.#cameras = this.#cameras.filter((other) => other !== camera);
    this.#missingFor.delete(camera.platformAccessory.UUID);
    this.#options.registry.remove([camera.platformAccessory]);
    await camera.close();
  }

  /** @param listed `undefined`: the NVR does not tell; what is shown stays */
  #takeOverNvr(
    listed: Pins | undefined,
    passed: number,
    information: NvrInformation | undefined,
    nvr: NvrOfAccessory,
  ): void {
    const { registry } = this.#options;
    const shown = this.#nvr;
    const pins = {
      output: this.#pinsToShow.of('output', listed?.outputs, this.#nvr?.pins('output'), passed),
      input: this.#pinsToShow.of('input', listed?.inputs, this.#nvr?.pins('input'), passed),
    };
    if (!shown && registry.room === 0) return;
    const accessory = (this.#nvr = shown ?? this.#makeNvr(nvr));
    // What is shown of an NVR that does not tell any more stays.
    accessory.describe(information ?? (shown ? undefined : {}), nvr, pins);
    if (shown || registry.add([accessory.platformAccessory]).length > 0) return;
    this.#subscription?.close();
    this.#nvr = undefined;
  }

  #makeNvr(nvr: NvrOfAccessory): NvrAccessory {
    const { api } = this.#options;
    const uuid = this.#newUuid(`nvr ${nvrIdentity(nvr)}`, nvr);
    const accessory = new api.platformAccessory<NvrContext>(homekitName(nvr.name, 'NVR'), uuid, SWITCH);
    accessory.context = nvrContext(nvr);
    return this.#showNvr(accessory);
  }

  #showNvr(accessory: PlatformAccessory<NvrContext>): NvrAccessory {
    const { api, client, configuration, logger, registry } = this.#options;
    const shown = new NvrAccessory({
      api,
      accessory,
      outputs: this.#pins,
      nameOf: (kind, pin) => this.#pinName(kind, pin),
      faults: configuration.faults,
      isNormallyClosed: (pin) => configuration.inputs.some((input) => input.pin === pin && input.contact === 'closed'),
      logger,
      save: () => registry.save([accessory]),
    });
    this.#subscription = client.state.watch({ pins: true, disks: true }, (change) => shown.hear(change));
    return shown;
  }

  /** Two NVRs may record the same camera on the same channel, or give the same serial number: then the address tells. */
  #newUuid(identity: string, nvr: NvrOfAccessory): string {
    const { api, registry } = this.#options;
    const uuid = api.hap.uuid.generate(identity);
    return registry.has(uuid) || this.#hidden.has(uuid) ? api.hap.uuid.generate(`${identity} at ${nvr.address}`) : uuid;
  }

  #pinName(kind: PinKind, pin: number): string {
    const { outputs, inputs } = this.#options.configuration;
    const described = kind === 'output' ? outputs : inputs;
    return described.find((other) => other.pin === pin)?.name ?? `${kind === 'output' ? 'Output' : 'Input'} ${pin}`;
  }

  #accessories(): readonly PlatformAccessory<AccessoryContext>[] {
    const shown = [...this.#cameras, ...(this.#nvr ? [this.#nvr] : [])].map((each) => each.platformAccessory);
    return [...shown, ...this.#past.accessories];
  }

  #save(): void {
    const nvr = this.#nvr?.platformAccessory;
    if (nvr) nvr.context = { ...nvr.context, hidden: this.#hidden.all };
    const accessories = this.#accessories();
    const contexts = JSON.stringify(accessories.map(({ context }) => context));
    if (contexts !== this.#saved) this.#options.registry.save(accessories);
    this.#saved = contexts;
  }
}

function nvrIdentity({ serial, address }: NvrOfAccessory): string {
  return serial ?? address;
}
