import { createServer } from 'node:http';
import type { Timer } from '../../../src/shared/clock.js';
import { httpApi } from './api/http-api.js';
import { type LoggedRequest, type RefusedRequest, RequestLog } from './api/request-log.js';
import { SocketApi } from './api/socket-api.js';
import { checked } from './checked.js';
import { controlApi } from './control/control-api.js';
import { DiscoveryResponder } from './discovery/discovery-responder.js';
import { type Faults, type FaultSettings, noFaults } from './faults/fault-table.js';
import { withActions } from './faults/faults.js';
import type { Machine } from './handlers/handler.js';
import { Listener } from './listener.js';
import { Media } from './live/media.js';
import { stillAt } from './live/still.js';
import type { ThrownEvent } from './nvr/events.js';
import type { MetaData } from './nvr/meta.js';
import type { Exception } from './nvr/notices.js';
import { Nvr } from './nvr/nvr.js';
import type { PinValue } from './nvr/pins.js';
import type { PtzState } from './nvr/ptz.js';
import { type SimulatorOptions, type SimulatorSettings, settingsOf } from './options.js';
import { RtspServer } from './rtsp/rtsp-server.js';
import { playScene } from './scene.js';
import type { TalkRecord } from './talk/talk-record.js';
import { WebServers } from './web-servers.js';

/** How long a motion lasts where nobody says, s. */
const MOTION_LENGTH = 5;
/** ms in which a call that restarts the NVR, or shuts it down, is answered. */
const ANSWER_TIME = 100;
/** ms that a reboot takes. */
const REBOOT_TIME = 1000;

/** An NVR in a box: serves the SDK document's API over real sockets. */
export class Simulator implements AsyncDisposable {
  /** Switches and one-time faults. */
  readonly faults: Faults;
  readonly #settings: SimulatorSettings;
  readonly #nvr: Nvr;
  readonly #log = new RequestLog();
  readonly #sockets: SocketApi;
  readonly #web: WebServers;
  readonly #control: Listener | undefined;
  readonly #ports = { http: 0, https: 0, rtsp: 0 };
  readonly #machine: Machine = {
    ports: this.#ports,
    restart: () => this.#soon(() => void this.restart(REBOOT_TIME)),
    shutDown: () => this.#soon(() => void this.#inTurn(() => this.#shut())),
  };
  readonly #discovery: DiscoveryResponder | undefined;
  #discoveryPort: number | undefined;
  readonly #rtsp: RtspServer | undefined;
  #powerTimer: Timer | undefined;
  #controlPort: number | undefined;
  #endScene: (() => void) | undefined;
  #stopped = false;
  #endPause: (() => void) | undefined;
  /** Opening and closing, one after the other. */
  #work: Promise<void> = Promise.resolve();

  private constructor(settings: SimulatorSettings, nvr: Nvr, media: Media, faults: ReturnType<typeof noFaults>) {
    const { clock } = settings;
    this.#settings = settings;
    this.#nvr = nvr;
    this.#sockets = new SocketApi({ nvr, media, faults, clock }, this.#log);
    this.faults = withActions(faults, nvr, media, this.#sockets, clock);
    const page = () => this.#controlPort;
    const api = httpApi({ nvr, media, faults, clock, machine: this.#machine, log: this.#log, page });
    this.#web = new WebServers(api, this.#sockets, settings.httpsPort === undefined ? undefined : nvr.certificate);
    if (settings.rtspPort !== undefined) this.#rtsp = new RtspServer({ nvr, media, faults, clock }, this.#log);
    this.#discovery = settings.discoveryPort === undefined ? undefined : this.#responder(faults);
    this.#control =
      settings.controlPort === undefined ? undefined : new Listener(createServer(controlApi(this, settings.tell)));
  }

  /**
   * Starts a simulator; resolves when it listens.
   * @throws {@link InvalidParameterError} on bad options; what keeps it from listening, such as `EADDRINUSE`
   */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const settings = settingsOf(options);
    const nvr = new Nvr(settings);
    const faults = noFaults();
    const media = await Media.load(nvr.cameras, settings, faults);
    const simulator = new Simulator(settings, nvr, media, faults);
    try {
      await simulator.#open();
    } catch (error) {
      await simulator.stop();
      throw error;
    }
    return simulator;
  }

  get host(): string {
    return this.#settings.host;
  }

  get port(): number {
    return this.#ports.http;
  }

  /** `undefined` without HTTPS. */
  get httpsPort(): number | undefined {
    return this.#ports.https || undefined;
  }

  /** `undefined` without RTSP. */
  get rtspPort(): number | undefined {
    return this.#ports.rtsp || undefined;
  }

  /** RTSP sessions that are open. */
  get rtspSessions(): number {
    return this.#rtsp?.sessions ?? 0;
  }

  /** SHA-256 of the HTTPS certificate, `AA:BB:…`. */
  get fingerprint(): string {
    return this.#nvr.certificate.fingerprint;
  }

  /** Of the control server, which is always on 127.0.0.1; `undefined` without one. */
  get controlPort(): number | undefined {
    return this.#controlPort;
  }

  /** UDP port on which it answers those who search; `undefined` where it does not. */
  get discoveryPort(): number | undefined {
    return this.#discoveryPort;
  }

  /** Number of cameras. */
  get cameras(): number {
    return this.#nvr.cameras.all.length;
  }

  /** Channels that have a camera, in order. */
  get channels(): readonly number[] {
    return this.#nvr.cameras.all.map(({ channel }) => channel);
  }

  /** WebSockets that are open. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The last 1,000 requests, upgrades included. */
  get requests(): readonly LoggedRequest[] {
    return this.#log.requests;
  }

  /** Requests that contradict the SDK document, or that this NVR cannot do. Neither a missing session nor a wrong password. */
  get refused(): readonly RefusedRequest[] {
    return this.#log.refused;
  }

  /** Logins tried, right or wrong. */
  get loginAttempts(): number {
    return this.#nvr.sessions.attempts;
  }

  /** Sessions that are open. */
  get openSessions(): number {
    return this.#nvr.sessions.size;
  }

  /** Logins rejected. */
  get failedLogins(): number {
    return this.#nvr.sessions.failures;
  }

  /** Snapshots on the NVR's disk. */
  get snapshotPaths(): readonly string[] {
    return this.#nvr.snapshots.all.map(({ snapshotPath }) => snapshotPath);
  }

  /** JPEG of what a camera shows now. @throws {@link InvalidParameterError} where there is no camera */
  still(channel: number): Buffer {
    checked('channel', () => this.#nvr.cameras.on(channel));
    const now = this.#settings.clock.wall();
    return stillAt(channel, now, this.#nvr.time.localAt(now));
  }

  /** Where a camera looks, and how it moves. @throws {@link InvalidParameterError} where there is no camera */
  ptz(channel: number): PtzState {
    return checked('channel', () => this.#nvr.cameras.on(channel).ptz.state);
  }

  /** @throws {@link InvalidParameterError} */
  throwEvent(event: ThrownEvent): void {
    checked('event', () => this.#nvr.events.throw(event));
  }

  /** Metadata as a module of the NVR throws them. @throws {@link InvalidParameterError} */
  throwMeta({ channel, type, data }: Pick<MetaData, 'channel' | 'type' | 'data'>): void {
    checked('meta', () => this.#nvr.meta.throw(channel, type, data));
  }

  /** Something goes wrong at the NVR itself. @throws {@link InvalidParameterError} */
  throwException(exception: Exception): void {
    checked('exception', () => this.#nvr.notices.except(exception));
  }

  /** s for which the buzzer still sounds. */
  get buzzing(): number {
    return this.#nvr.system.buzzing;
  }

  /** Motion on a channel, for some seconds. @throws {@link InvalidParameterError} */
  motion(channel: number, seconds = MOTION_LENGTH): void {
    checked('event', () => this.#nvr.events.throwFor(seconds, channel, 'Motion'));
  }

  /** @throws {@link InvalidParameterError} where the NVR has no such pin */
  pin(pin: number): PinValue {
    return checked('pin', () => this.#nvr.pins.get(pin));
  }

  /** Sets a pin of either kind to 0 or 1, as the world outside does. @throws {@link InvalidParameterError} */
  setPin(pin: number, value: number): void {
    checked('pin', () => this.#nvr.pins.set(pin, value));
  }

  /** What was said to a channel, the last 60 s of it; 0 is the NVR itself. */
  talk(channel: number): Pick<TalkRecord, 'audio' | 'frames'> {
    return this.#nvr.talks.record(channel);
  }

  /** As when power fails: every socket cut, sessions and events forgotten; after `downMs` it listens at the same port. */
  async restart(downMs = 0): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#stopped) return;
      await this.#shut();
      if (await this.#pause(downMs)) await this.#open();
    });
  }

  /** Gives everything back. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#powerTimer?.cancel();
    this.#endPause?.();
    await this.#inTurn(async () => {
      await this.#shut();
      await this.#control?.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Once the call that asked for it is answered. */
  #soon(action: () => void): void {
    this.#powerTimer?.cancel();
    this.#powerTimer = this.#settings.clock.after(ANSWER_TIME, action);
  }

  #responder(faults: FaultSettings): DiscoveryResponder {
    const { host, clock } = this.#settings;
    const describe = () => ({
      ...{ name: 'AiO NVR', firmware: '1.0.25-201911271625', mac: this.#nvr.mac, httpPort: this.port },
      ...{ address: host, ipChannels: this.#nvr.cameras.all.length },
    });
    return new DiscoveryResponder(describe, faults, this.#log, () => clock.wall());
  }

  async #open(): Promise<void> {
    const { host, port, httpsPort = 0, controlPort, scene, clock } = this.#settings;
    const { http, https } = this.#ports;
    Object.assign(this.#ports, await this.#web.open(host, { http: http || port, https: https || httpsPort }));
    if (this.#rtsp) {
      this.#ports.rtsp = await this.#rtsp.open(host, this.#ports.rtsp || (this.#settings.rtspPort ?? 0));
    }
    this.#discoveryPort = await this.#discovery?.open(host, this.#discoveryPort ?? this.#settings.discoveryPort ?? 0);
    if (this.#control && this.#controlPort === undefined) {
      this.#controlPort = await this.#control.open('127.0.0.1', controlPort ?? 0);
    }
    if (scene !== false) this.#endScene = playScene(this.#nvr, scene, clock);
  }

  async #shut(): Promise<void> {
    this.#endScene?.();
    this.#sockets.cut();
    await this.#web.close();
    await this.#rtsp?.close();
    await this.#discovery?.close();
    this.#nvr.forget();
  }

  /** @returns whether to go on: `false` where it was stopped meanwhile */
  #pause(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#stopped) return resolve(false);
      const timer = this.#settings.clock.after(ms, () => resolve(true));
      this.#endPause = () => {
        timer.cancel();
        resolve(false);
      };
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => undefined);
    return turn;
  }
}
