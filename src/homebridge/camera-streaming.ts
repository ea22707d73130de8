import type {
  CameraController,
  CameraControllerOptions,
  CameraStreamingDelegate,
  HAP,
  PrepareStreamCallback,
  PrepareStreamRequest,
  PrepareStreamResponse,
  SnapshotRequest,
  SnapshotRequestCallback,
  StreamingRequest,
  StreamRequestCallback,
} from 'homebridge';
import { type Clock, type Logger, type Nvr, systemClock } from '../shared/index.js';
import type { Ffmpeg } from '../shared/ffmpeg/index.js';
import { offeredAudioCodec } from './live/audio-policy.js';
import { audioSettings, streamingOptions, videoSettings, videoWish } from './live/homekit-settings.js';
import { LiveSession, type MediaEndpoint } from './live/live-session.js';
import { RtpSocket } from './live/rtp-socket.js';
import { CameraSnapshots } from './snapshot/camera-snapshots.js';
import type { PicturePool } from './snapshot/picture-pool.js';

/** Phones that may watch one camera at the same time: they share its feed, and copied video costs next to nothing. */
const VIEWERS = 4;

export interface CameraStreamingOptions {
  readonly client: Nvr;
  readonly channel: number;
  readonly hap: HAP;
  readonly ffmpeg: Ffmpeg;
  /** Makes the snapshots of all cameras; `undefined` where there is no ffmpeg. */
  readonly pictures: PicturePool | undefined;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** The camera's name, for the log. */
  readonly name: string;
}

/** What HomeKit asks of one camera: snapshots and live streams. */
export class CameraStreaming implements CameraStreamingDelegate {
  /** For a new `hap.CameraController`. */
  readonly controllerOptions: CameraControllerOptions;
  /** The controller made of {@link controllerOptions}: it is told when a session ends by itself. */
  controller: Pick<CameraController, 'forceStopStreamingSession'> | undefined;
  readonly #options: CameraStreamingOptions;
  readonly #clock: Clock;
  readonly #snapshots: CameraSnapshots;
  readonly #sessions = new Map<string, LiveSession>();
  /** Sessions on their way out. */
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor(options: CameraStreamingOptions) {
    const { client, channel, ffmpeg, pictures, logger, name } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#snapshots = new CameraSnapshots({
      feed: (stream) => client.feed(channel, stream),
      takeSnapshot: (signal) => client.takeSnapshot(channel, { signal }),
      limits: client.limits,
      pictures,
      name,
      logger,
      clock: this.#clock,
    });
    this.controllerOptions = {
      cameraStreamCount: VIEWERS,
      delegate: this,
      streamingOptions: streamingOptions(offeredAudioCodec(ffmpeg.encoders)),
    };
  }

  /** Live sessions at the moment. */
  get sessions(): number {
    return this.#sessions.size;
  }

  handleSnapshotRequest(request: SnapshotRequest, callback: SnapshotRequestCallback): void {
    this.#snapshots.take(request).then(
      (jpeg) => callback(undefined, jpeg),
      (error: unknown) => callback(asError(error)),
    );
  }

  prepareStream(request: PrepareStreamRequest, callback: PrepareStreamCallback): void {
    this.#prepare(request).then(
      (response) => callback(undefined, response),
      (error: unknown) => {
        this.#options.logger.error(`${this.#options.name}: live view cannot start: ${asError(error).message}`);
        callback(asError(error));
      },
    );
  }

  handleStreamRequest(request: StreamingRequest, callback: StreamRequestCallback): void {
    // Answered first: HomeKit shows a spinner until then, and nothing here needs to be waited for.
    callback();
    const session = this.#sessions.get(request.sessionID);
    try {
      if ('audio' in request) {
        session?.start(videoSettings(request.video), audioSettings(request.audio, this.#options.ffmpeg.encoders));
      } else if ('video' in request) session?.reconfigure(videoWish(request.video));
      else this.#stop(request.sessionID);
    } catch (error) {
      this.#options.logger.error(`${this.#options.name}: ${asError(error).message}`);
      this.#stop(request.sessionID);
      this.controller?.forceStopStreamingSession(request.sessionID);
    }
  }

  /** Ends sessions and snapshots; resolves when no port and no child process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#sessions.keys()]) this.#stop(id);
    await Promise.all([...this.#leaving, this.#snapshots.close()]);
  }

  async #prepare(request: PrepareStreamRequest): Promise<PrepareStreamResponse> {
    const video = await this.#endpoint(request, request.video);
    const audio = await this.#endpoint(request, request.audio).catch((error: unknown) => {
      video.socket.close();
      throw error;
    });
    try {
      this.#startSession(request.sessionID, video, audio);
    } catch (error) {
      video.socket.close();
      audio.socket.close();
      throw error;
    }
    return { video: sourceResponse(video), audio: sourceResponse(audio) };
  }

  #startSession(id: string, video: MediaEndpoint, audio: MediaEndpoint): void {
    const { client, channel, ffmpeg, logger, name } = this.#options;
    if (this.#closed) throw new Error('the camera is being closed');
    this.#stop(id);
    const session = new LiveSession({
      feed: (stream) => client.feed(channel, stream),
      video,
      audio,
      ffmpeg,
      logger,
      clock: this.#clock,
      onEnd: (reason) => {
        logger.warn(`${name}: live view ended: ${reason}`);
        if (this.#sessions.get(id) !== session) return;
        this.#stop(id);
        this.controller?.forceStopStreamingSession(id);
      },
    });
    this.#sessions.set(id, session);
  }

  async #endpoint(request: PrepareStreamRequest, source: PrepareStreamRequest['video']): Promise<MediaEndpoint> {
    const socket = await RtpSocket.open({
      family: request.addressVersion === 'ipv6' ? 6 : 4,
      localAddress: request.sourceAddress,
      remoteAddress: request.targetAddress,
      remotePort: source.port,
    });
    const ssrc = this.#options.hap.CameraController.generateSynchronisationSource();
    return { socket, ssrc, master: { key: source.srtp_key, salt: source.srtp_salt } };
  }

  #stop(id: string): void {
    const leaving = this.#sessions.get(id)?.close();
    this.#sessions.delete(id);
    if (!leaving) return;
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}

/** HomeKit's own keys serve in both directions. */
function sourceResponse({ socket, ssrc, master }: MediaEndpoint): PrepareStreamResponse['video'] {
  return { port: socket.port, ssrc, srtp_key: master.key, srtp_salt: master.salt };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
