import type {
  CameraController,
  CameraRecordingConfiguration,
  CameraRecordingDelegate,
  HAP,
  HDSProtocolSpecificErrorReason,
  RecordingPacket,
} from 'homebridge';
import type { Clock, LiveFeed, Logger, StreamName, Subscription } from '../../shared/index.js';
import type { LimitCounters } from '../../shared/internal.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { hapValue } from '../accessories/hap-values.js';
import type { VolumeControl } from '../live/volume-control.js';
import { streamFor, videoPlan } from '../live/stream-policy.js';
import { HubConnections, partOf, socketOf } from './hub-connections.js';
import { HubLines } from './hub-lines.js';
import { Recording } from './recording.js';
import { recordingOptions, type RecordingSettings, recordingSettings } from './recording-settings.js';

const NORMAL = hapValue<HDSProtocolSpecificErrorReason.NORMAL>('0');
const CANCELLED = hapValue<HDSProtocolSpecificErrorReason.CANCELLED>('3');
const UNEXPECTED_FAILURE = hapValue<HDSProtocolSpecificErrorReason.UNEXPECTED_FAILURE>('5');
/** What a hub's reasons mean (HAP-NodeJS), where they tell of trouble. */
const REASONS: Readonly<Record<number, string>> = {
  4: 'unsupported',
  5: 'unexpected failure',
  6: 'timeout',
  7: 'bad data',
  8: 'protocol error',
  9: 'invalid configuration',
};
/** ms that a hub needs at most from an event to its request: for so long the past is kept, too. */
const REACTION = 2000;

/** The feeds of a camera. */
export type Feeds = (stream: StreamName) => LiveFeed;

export interface CameraRecorderOptions {
  readonly hap: HAP;
  readonly ffmpeg: Ffmpeg;
  /** `undefined`: the camera must not be heard. */
  readonly microphone: VolumeControl | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those of the camera's NVR. */
  readonly limits: LimitCounters;
  /** The camera's, for the log. */
  readonly name: string;
}

/**
 * HomeKit Secure Video of one camera accessory. Armed, it keeps the newest seconds of the camera's feed; asked, it sends
 * them and what follows. The user's choice is HAP-NodeJS's to keep: it tells it again after a restart.
 */
export class CameraRecorder implements CameraRecordingDelegate {
  /** For the controller. */
  readonly recordingOptions = recordingOptions();
  readonly #options: CameraRecorderOptions;
  readonly #lines: HubLines;
  readonly #hubs: HubConnections;
  #controller: Pick<CameraController, 'recordingManagement'> | undefined;
  #feeds: Feeds | undefined;
  #active = false;
  #settings: RecordingSettings | undefined;
  /** The main stream cannot be recorded on this machine. */
  #onlySub = false;
  #held: readonly Subscription[] = [];
  /** When the last event began, ms of the clock. */
  #event = -Infinity;
  #recording: { readonly recording: Recording; readonly abort: AbortController; hubIsDone: boolean } | undefined;

  constructor(options: CameraRecorderOptions) {
    this.#options = options;
    this.#lines = new HubLines(options);
    this.#hubs = new HubConnections(options, this.#lines);
  }

  /** Tells whether HomeKit wants sound, and opens the connections of home hubs. */
  set controller(controller: Pick<CameraController, 'recordingManagement'> | undefined) {
    this.#controller = controller;
    this.#hubs.watch(controller?.recordingManagement);
  }

  get controller(): Pick<CameraController, 'recordingManagement'> | undefined {
    return this.#controller;
  }

  /** Told whenever {@link armed} has changed. */
  onArmed: (() => void) | undefined;

  /** Whether the past is being kept. */
  get armed(): boolean {
    return this.#held.length > 0;
  }

  /** What is filmed from now on; `undefined` where the camera is gone. A recording of another camera ends. */
  look(feeds: Feeds | undefined): void {
    this.#recording?.recording.end('the camera has changed');
    this.#feeds = feeds;
    this.#onlySub = false;
    this.#arm();
  }

  /** Something has happened: the recording that Home asks for now reaches as far back before that as it wants. */
  expect(): void {
    this.#event = this.#options.clock.now();
  }

  updateRecordingActive(active: boolean): void {
    this.#active = active;
    if (!active) this.#recording?.recording.end('recording was switched off');
    this.#arm();
  }

  updateRecordingConfiguration(configuration: CameraRecordingConfiguration | undefined): void {
    this.#settings = configuration && recordingSettings(configuration);
    this.#arm();
  }

  /** As it is set now; changes are for the next one. */
  async *handleRecordingStreamRequest(_: number, closed?: AbortSignal): AsyncGenerator<RecordingPacket> {
    const { hap } = this.#options;
    const feed = this.#feed;
    if (!feed || !this.#settings) throw protocolError(hap, CANCELLED);
    const abort = new AbortController();
    const settings = this.#settings;
    const recording = new Recording({
      ...this.#options,
      feed,
      instead: feed.stream === 'main' ? this.#feeds?.('sub') : undefined,
      settings,
      past: settings.prebuffer + this.#reaction,
      sound: this.#wantsSound,
      // HAP-NodeJS does not show on which connection a recording goes out.
      hub: () => socketOf(partOf(partOf(this.controller?.recordingManagement, 'recordingStream'), 'connection')),
      signal: closed ? AbortSignal.any([closed, abort.signal]) : abort.signal,
    });
    const current = { recording, abort, hubIsDone: false };
    this.#recording = current;
    try {
      yield* recording.packets();
    } catch (error) {
      this.#lines.warn(`recording failed: ${error instanceof Error ? error.message : String(error)}`);
      throw protocolError(hap, UNEXPECTED_FAILURE);
    } finally {
      if (this.#recording === current) this.#recording = undefined;
    }
    // Ended by us before its last fragment: HAP-NodeJS tells the hub so by that.
    if (abort.signal.aborted && !current.hubIsDone) throw protocolError(hap, CANCELLED);
  }

  /** The hub has got the last fragment. */
  acknowledgeStream(): void {
    this.#hubIsDone();
  }

  /** @param reason whatever the hub says; nothing where its connection is lost */
  closeRecordingStream(_: number, reason: unknown): void {
    this.#hubIsDone();
    const { logger, name } = this.#options;
    const known = typeof reason === 'number' ? reason : NORMAL;
    const trouble = REASONS[known];
    if (trouble === undefined) logger.debug(`${name}: recording: closed by the hub (${known})`);
    else this.#lines.warn(`the home hub has broken off a recording: ${trouble}`);
  }

  /** Nothing is kept, nothing is sent, no process is left. */
  close(): void {
    this.#feeds = undefined;
    this.#arm();
    this.#recording?.abort.abort();
  }

  /** The hub wants no more of it. */
  #hubIsDone(): void {
    if (!this.#recording) return;
    this.#recording.hubIsDone = true;
    this.#recording.abort.abort();
  }

  /** ms that the hub took from an event to its request; 0 where it asks for another reason. */
  get #reaction(): number {
    const passed = this.#options.clock.now() - this.#event;
    return passed <= REACTION ? passed : 0;
  }

  get #wantsSound(): boolean {
    const { hap } = this.#options;
    const service = this.controller?.recordingManagement?.recordingManagementService;
    return Boolean(service?.getCharacteristic(hap.Characteristic.RecordingAudioActive).value);
  }

  get #feed(): LiveFeed | undefined {
    if (!this.#settings) return undefined;
    return this.#feeds?.(this.#onlySub ? 'sub' : streamFor(this.#settings));
  }

  #arm(): void {
    const former = this.#held;
    const feed = this.#active ? this.#feed : undefined;
    this.#held = feed && this.#settings ? [feed.hold(this.#settings.prebuffer + REACTION), ...this.#watch(feed)] : [];
    for (const subscription of former) subscription.close();
    if (former.length > 0 !== this.armed) this.onArmed?.();
  }

  /** Without an encoder, an H.265 main stream cannot be recorded, but the sub stream may be H.264. */
  #watch(feed: LiveFeed): readonly Subscription[] {
    if (this.#options.ffmpeg.encoders.has('libx264') || feed.stream === 'sub') return [];
    const frame: Parameters<LiveFeed['subscribe']>[0]['frame'] = (seen) => {
      if (this.#onlySub || seen.kind !== 'video' || !seen.keyframe || videoPlan(seen, false) !== 'unshowable') return;
      this.#onlySub = true;
      queueMicrotask(() => this.#arm());
    };
    return [feed.subscribe({ frame })];
  }
}

/** Told to the hub by HAP-NodeJS. That of Homebridge 1 makes plain errors, which it does not know again. */
function protocolError(hap: HAP, reason: HDSProtocolSpecificErrorReason): Error {
  const { HDSProtocolError } = hap;
  return Object.setPrototypeOf(new HDSProtocolError(reason), HDSProtocolError.prototype) as Error;
}
