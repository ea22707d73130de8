import { networkInterfaces } from 'node:os';
import { isIP, SocketAddress } from 'node:net';
import type { PrepareStreamRequest, PrepareStreamResponse, StreamingRequest } from 'homebridge';
import type { Clock, Logger, StreamName } from '../../shared/index.js';
import { type Feed, type LimitCounters, limits } from '../../shared/internal.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { CameraEncodings } from './camera-encodings.js';
import { CameraSound } from './camera-sound.js';
import { audioSettings, type TrackWish, trackWish, videoSettings, videoWish } from './homekit-settings.js';
import { Leaving } from './leaving.js';
import { LiveSession, type MediaEndpoint, type TalkWay } from './live-session.js';
import type { VolumeControl } from './volume-control.js';
import { type AskingConnection, phoneAddress } from './phone-address.js';
import { RtpSocket } from './rtp-socket.js';

const MINUTE = 60_000;

export interface LiveViewOptions {
  readonly feed: (stream: StreamName) => Feed;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  readonly limits: LimitCounters;
  readonly clock: Clock;
  /** The camera's, for the log. */
  readonly name: string;
  /** Whether it may be heard. Default: it may. */
  readonly sound?: boolean;
  readonly microphone: VolumeControl;
  /** The way to the camera's loudspeaker; `undefined` where it has none. */
  readonly talk: TalkWay | undefined;
  /** Another synchronisation source. */
  readonly newSource: () => number;
  /** The HAP connection on which a session was asked for. */
  readonly askedBy: (session: string) => AskingConnection | undefined;
  /** Why no picture can come for now, such as an NVR that is away. */
  readonly obstacle: () => string | undefined;
  /** A session ended by itself. */
  readonly onEnd: (session: string) => void;
}

/** The live view of one camera: its sessions, from SetupEndpoints to STOP. */
export class LiveView {
  readonly #options: LiveViewOptions;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #leaving = new Leaving();
  readonly #sound: CameraSound;
  readonly #encodings: CameraEncodings;
  #closed = false;
  /** Lines in the log in this minute. */
  #lines = { minute: 0, count: 0 };

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#sound = new CameraSound(options);
    this.#encodings = new CameraEncodings(options);
  }

  /** Sessions at the moment. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Opens ports for a phone. @throws RefusedRequest, errors of the system */
  async prepare(request: PrepareStreamRequest): Promise<PrepareStreamResponse> {
    const { feed, askedBy, obstacle, newSource } = this.#options;
    const wishes = { video: trackWish('video', request.video), audio: trackWish('audio', request.audio) };
    const wanted = { address: request.targetAddress, version: request.addressVersion };
    const address = phoneAddress(wanted, askedBy(request.sessionID), networkInterfaces());
    const problem = obstacle();
    // Pictures at hand prove the opposite.
    if (problem !== undefined && !feed('main').warm && !feed('sub').warm) throw new Error(problem);

    const video = await this.#endpoint(request, address, wishes.video, newSource());
    // One key for both is the phone's business, one source under it would make it one key stream (RFC 3711 §9.1).
    const other = differentFrom(video.ssrc, newSource());
    const audio = await this.#endpoint(request, address, wishes.audio, other).catch((error: unknown) => {
      video.socket.close();
      throw error;
    });
    try {
      this.#open(request.sessionID, video, audio);
    } catch (error) {
      video.socket.close();
      audio.socket.close();
      throw error;
    }
    return { video: sourceResponse(video), audio: sourceResponse(audio) };
  }

  /** Checks a request, and returns what fulfils it. @throws RefusedRequest */
  accept(request: StreamingRequest): () => void {
    const session = this.#sessions.get(request.sessionID);
    if ('audio' in request) {
      const { video, audio } = request;
      const { sound = true, ffmpeg } = this.#options;
      // Phones ask for sound also where none is offered.
      const settings = [videoSettings(video), sound ? audioSettings(audio, ffmpeg.encoders) : undefined] as const;
      return () => session?.start(...settings);
    }
    if ('video' in request) {
      const wish = videoWish(request.video);
      return () => session?.reconfigure(wish);
    }
    return () => this.stop(request.sessionID);
  }

  stop(session: string): void {
    this.#leaving.add(this.#sessions.get(session));
    this.#sessions.delete(session);
  }

  /** Says in the log what happened to a live view, a bounded number of times. */
  complain(what: string): void {
    const { clock, logger, limits: counters, name } = this.#options;
    const minute = Math.floor(clock.now() / MINUTE);
    if (minute !== this.#lines.minute) this.#lines = { minute, count: 0 };
    this.#lines.count += 1;
    if (this.#lines.count <= limits.phone.lines) logger.warn(`${name}: ${what}`);
    else counters.hit('phone.lines', name, 'further lines about its live view are left out for a minute');
  }

  /** Ends all sessions; resolves when no port and no child process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#sessions.keys()]) this.stop(id);
    await Promise.all([this.#leaving.gone(), this.#encodings.close()]);
  }

  #open(id: string, video: MediaEndpoint, audio: MediaEndpoint): void {
    if (this.#closed) throw new Error('the camera is being closed');
    this.stop(id);
    const session = new LiveSession({
      ...this.#options,
      ...{ sound: this.#sound, encodings: this.#encodings },
      video,
      audio,
      onTalkFailure: (reason) => this.complain(reason),
      onEnd: (reason) => {
        this.complain(`live view ended: ${reason}`);
        if (this.#sessions.get(id) !== session) return;
        this.stop(id);
        this.#options.onEnd(id);
      },
    });
    this.#sessions.set(id, session);
  }

  async #endpoint(
    request: PrepareStreamRequest,
    address: string,
    { port, master }: TrackWish,
    ssrc: number,
  ): Promise<MediaEndpoint> {
    const socket = await RtpSocket.open({
      family: request.addressVersion === 'ipv6' ? 6 : 4,
      localAddress: request.sourceAddress,
      remoteAddress: canonical(address),
      remotePort: port,
    });
    return { socket, ssrc, master };
  }
}

function differentFrom(other: number, ssrc: number): number {
  return ssrc === other ? (ssrc + 1) % 2 ** 32 : ssrc;
}

/** HomeKit's own keys serve in both directions. */
function sourceResponse({ socket, ssrc, master }: MediaEndpoint): PrepareStreamResponse['video'] {
  return { port: socket.port, ssrc, srtp_key: master.key, srtp_salt: master.salt };
}

/** As sockets tell whom a packet is from. */
function canonical(address: string): string {
  const [plain = '', zone] = address.split('%');
  const { address: shortest } = new SocketAddress({ address: plain, family: isIP(plain) === 6 ? 'ipv6' : 'ipv4' });
  return zone === undefined ? shortest : `${shortest}%${zone}`;
}
