import type {
  CameraController,
  CameraControllerEvents,
  CameraControllerOptions,
  CameraStreamingDelegate,
  HAP,
  PlatformAccessory,
  PrepareStreamCallback,
  PrepareStreamRequest,
  SnapshotRequest,
  SnapshotRequestCallback,
  StreamingRequest,
  StreamRequestCallback,
} from 'homebridge';
import { type Clock, type Logger, type Nvr, type StreamName, systemClock } from '../shared/index.js';
import type { Feed } from '../shared/internal.js';
import type { Ffmpeg } from '../shared/ffmpeg/index.js';
import { hapValue, INVALID_VALUE_IN_REQUEST, SERVICE_COMMUNICATION_FAILURE } from './accessories/hap-values.js';
import type { AskingConnections } from './live/asking-connections.js';
import { offeredAudioCodec } from './live/audio-policy.js';
import { streamingOptions } from './live/homekit-settings.js';
import { LiveView } from './live/live-view.js';
import { videoPlan } from './live/stream-policy.js';
import type { Standing, StandingStreams } from './live/standing-streams.js';
import type { VolumeControl, VolumeSettings } from './live/volume-control.js';
import { RefusedRequest } from './live/refused-request.js';
import { CameraSnapshots } from './snapshot/camera-snapshots.js';
import type { PicturePool } from './snapshot/picture-pool.js';

const MICROPHONE_CHANGE = hapValue<CameraControllerEvents.MICROPHONE_PROPERTIES_CHANGED>('microphone-change');
const SPEAKER_CHANGE = hapValue<CameraControllerEvents.SPEAKER_PROPERTIES_CHANGED>('speaker-change');
/** Phones that may watch one camera at the same time: they share its feed, and copied video costs next to nothing. */
const VIEWERS = 4;

/** What a camera shows, and where its loudspeaker is: the NVR's, or what plays its recordings. */
export interface CameraClient extends Pick<Nvr, 'limits' | 'talk'>, Partial<Pick<Nvr, 'takeSnapshot'>> {
  feed(channel: number, stream: StreamName): Feed;
}

export interface CameraStreamingOptions {
  readonly client: CameraClient;
  readonly channel: number;
  readonly hap: HAP;
  readonly ffmpeg: Ffmpeg;
  /** Makes the snapshots of all cameras; `undefined` where there is no ffmpeg. */
  readonly pictures: PicturePool | undefined;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** The camera's name, for the log. */
  readonly name: string;
  /** Whether it may be heard. Default: it may. */
  readonly sound?: boolean;
  /** It has a loudspeaker, and phones may talk there. */
  readonly talk: boolean;
  readonly ways: HomeKitWays;
  /** Somebody begins to watch. */
  readonly onWatched?: () => void;
  /** Keeps pictures of the NVR's cameras ready for who begins to watch. Default: nobody does. */
  readonly standing?: StandingStreams | undefined;
}

/** What HomeKit tells otherwise than by a request; it belongs to the accessory, whichever camera that shows. */
export interface HomeKitWays {
  readonly asking: AskingConnections;
  readonly microphone: VolumeControl;
  readonly speaker: VolumeControl;
}

/** How the user left the camera's microphone and its loudspeaker in Home. */
export interface Volumes {
  readonly microphone: VolumeSettings;
  readonly speaker: VolumeSettings;
}

export interface Attachment extends Pick<CameraStreamingOptions, 'hap' | 'ways'> {
  readonly accessory: Pick<PlatformAccessory, 'configureController' | 'services'>;
  readonly options: CameraControllerOptions;
  /** Whether it is a doorbell. Default: not. */
  readonly rings?: boolean;
  readonly volumes: Volumes;
  /** The user has muted one of them, or set its volume. */
  readonly changed: (volumes: Partial<Volumes>) => void;
}

/** Gives an accessory its camera controller, and listens to what concerns its live view. */
export function attachController(attachment: Attachment): CameraController {
  const { hap, accessory, options, rings, ways, volumes, changed } = attachment;
  const controller = rings ? new hap.DoorbellController(options) : new hap.CameraController(options);
  accessory.configureController(controller);
  ways.asking.listen(accessory.services);
  const { microphone, speaker } = volumes;
  ways.microphone.settings = microphone;
  controller.setMicrophoneMuted(microphone.muted);
  controller.setMicrophoneVolume(microphone.volume);
  controller.on(MICROPHONE_CHANGE, (muted, volume) => {
    ways.microphone.settings = { muted, volume };
    changed({ microphone: { muted, volume } });
  });
  ways.speaker.settings = speaker;
  controller.setSpeakerMuted(speaker.muted);
  controller.setSpeakerVolume(speaker.volume);
  controller.on(SPEAKER_CHANGE, (muted, volume) => {
    ways.speaker.settings = { muted, volume };
    changed({ speaker: { muted, volume } });
  });
  return controller;
}

/** What HomeKit asks of one camera, handed to whoever does it: live view, snapshots. */
export class CameraStreaming implements CameraStreamingDelegate {
  /** For a new `hap.CameraController`. */
  readonly controllerOptions: CameraControllerOptions;
  /** The controller made of {@link controllerOptions}: it is told when a session ends by itself. */
  controller: Pick<CameraController, 'forceStopStreamingSession'> | undefined;
  /** Why no live picture can come, as far as it is known: a request is then refused at once. */
  obstacle: string | undefined;
  readonly live: LiveView;
  readonly #feed: (stream: StreamName) => Feed;
  readonly #hap: HAP;
  readonly #snapshots: CameraSnapshots;
  readonly #onWatched: (() => void) | undefined;
  readonly #canTranscode: boolean;
  readonly #standing: Standing | undefined;

  constructor(options: CameraStreamingOptions) {
    const { client, channel, hap, ffmpeg, pictures, logger, name, talk, ways } = options;
    const { sound = true, clock = systemClock } = options;
    this.#hap = hap;
    this.#onWatched = options.onWatched;
    this.#canTranscode = ffmpeg.encoders.has('libx264');
    this.#feed = (stream) => client.feed(channel, stream);
    this.#standing = options.standing?.add(
      () => this.#feed('sub'),
      () => this.#beginsAtOnce,
    );
    this.live = new LiveView({
      feed: this.#feed,
      ffmpeg,
      sound,
      logger,
      limits: client.limits,
      clock,
      name,
      newSource: () => hap.CameraController.generateSynchronisationSource(),
      askedBy: (session) => ways.asking.of(session),
      microphone: ways.microphone,
      talk: talk ? { speaker: ways.speaker, open: (signal) => client.talk(channel, { signal }) } : undefined,
      obstacle: () => this.obstacle,
      onEnd: (session) => this.controller?.forceStopStreamingSession(session),
    });
    const takeSnapshot = client.takeSnapshot?.bind(client);
    this.#snapshots = new CameraSnapshots({
      feed: this.#feed,
      takeSnapshot: takeSnapshot && ((signal) => takeSnapshot(channel, { signal })),
      limits: client.limits,
      pictures,
      name,
      logger,
      clock,
    });
    this.controllerOptions = {
      cameraStreamCount: VIEWERS,
      delegate: this,
      streamingOptions: streamingOptions(sound ? offeredAudioCodec(ffmpeg.encoders) : undefined, talk),
    };
  }

  /**
   * Something happens that somebody may want to see: the stream that Home shows first is opened, so that whoever taps the
   * notification finds it warm. It closes by itself. A view may begin with the main stream where that is open already, unless
   * that must be converted, which takes a moment.
   */
  expectViewer(): void {
    if (this.#beginsAtOnce) return;
    const opened = this.#feed('sub').subscribe({ frame: () => undefined });
    opened.close();
  }

  /** The small stream is kept open while the NVR has the camera on line. @param armed the main stream is, to be recorded */
  stand(online: boolean, armed: boolean): void {
    this.#standing?.want(online, armed);
  }

  /** Whether the main stream has a picture that is shown as it is. */
  get #beginsAtOnce(): boolean {
    const { warm, latestKeyframe } = this.#feed('main');
    return warm && latestKeyframe !== undefined && videoPlan(latestKeyframe, this.#canTranscode) === 'copy';
  }

  handleSnapshotRequest(request: SnapshotRequest, callback: SnapshotRequestCallback): void {
    this.#snapshots.take(request).then(
      (jpeg) => callback(undefined, jpeg),
      (error: unknown) => callback(asError(error)),
    );
  }

  prepareStream(request: PrepareStreamRequest, callback: PrepareStreamCallback): void {
    this.live
      .prepare(request)
      .then((response) => callback(undefined, response))
      // HAP-NodeJS may throw at the answer; it heeds the first one only, so its session is ended by hand.
      .catch((error: unknown) => {
        callback(this.#refusal(request.sessionID, error));
        this.controller?.forceStopStreamingSession(request.sessionID);
      });
  }

  handleStreamRequest(request: StreamingRequest, callback: StreamRequestCallback): void {
    try {
      const fulfil = this.live.accept(request);
      // Answered first: HomeKit shows a spinner until then, and nothing that follows needs to be waited for.
      callback();
      fulfil();
      if ('audio' in request) this.#onWatched?.();
    } catch (error) {
      callback(this.#refusal(request.sessionID, error));
      this.controller?.forceStopStreamingSession(request.sessionID);
    }
  }

  /** Ends sessions and snapshots; resolves when no port and no child process is left. */
  async close(): Promise<void> {
    this.#standing?.close();
    await Promise.all([this.live.close(), this.#snapshots.close()]);
  }

  /** The session ends: one line in the log for the user, one code for HAP. */
  #refusal(session: string, error: unknown): Error {
    this.live.stop(session);
    this.live.complain(`live view refused: ${asError(error).message}`);
    const refused = error instanceof RefusedRequest;
    return new this.#hap.HapStatusError(refused ? INVALID_VALUE_IN_REQUEST : SERVICE_COMMUNICATION_FAILURE);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
