import { createServer } from 'node:http';
import { InvalidParameterError } from '../shared/errors.js';
import { httpApi } from './api/http-api.js';
import { type LoggedRequest, type RefusedRequest, RequestLog } from './api/request-log.js';
import { SocketApi } from './api/socket-api.js';
import { controlApi } from './control/control-api.js';
import { type Faults, noFaults } from './faults/fault-table.js';
import { withActions } from './faults/faults.js';
import { Listener } from './listener.js';
import { Media } from './live/media.js';
import type { ThrownEvent } from './nvr/events.js';
import { Nvr } from './nvr/nvr.js';
import type { PinValue } from './nvr/pins.js';
import { Refusal } from './nvr/refusal.js';
import { type SimulatorOptions, type SimulatorSettings, settingsOf } from './options.js';
import { playScene } from './scene.js';

/** How long a motion lasts where nobody says, s. */
const MOTION_LENGTH = 5;

/** An NVR in a box: serves the SDK document's API over real sockets. */
export class Simulator implements AsyncDisposable {
  /** Switches and one-time faults. */
  readonly faults: Faults;
  readonly #settings: SimulatorSettings;
  readonly #nvr: Nvr;
  readonly #log = new RequestLog();
  readonly #sockets: SocketApi;
  readonly #api: Listener;
  readonly #control: Listener | undefined;
  #port = 0;
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
    const picture = (channel: number) => media.picture(channel);
    const server = createServer(httpApi({ nvr, faults, log: this.#log, clock, picture }));
    server.on('upgrade', (request, connection, head) => this.#sockets.upgrade(request, connection, head));
    this.#api = new Listener(server);
    this.#control = settings.controlPort === undefined ? undefined : new Listener(createServer(controlApi(this)));
  }

  /**
   * Starts a simulator; resolves when it listens.
   * @throws {@link InvalidParameterError} on bad options; what keeps it from listening, such as `EADDRINUSE`
   */
  static async start(options: SimulatorOptions = {}): Promise<Simulator> {
    const settings = settingsOf(options);
    const nvr = new Nvr(settings);
    const faults = noFaults();
    const channels = nvr.cameras.all.map(({ channel }) => channel);
    const media = await Media.load(channels, settings.codec, settings.clock, faults);
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
    return this.#port;
  }

  /** Of the control server, which is always on 127.0.0.1; `undefined` without one. */
  get controlPort(): number | undefined {
    return this.#controlPort;
  }

  /** Number of cameras; their channels count from 1. */
  get cameras(): number {
    return this.#nvr.cameras.all.length;
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

  /** Logins rejected. */
  get failedLogins(): number {
    return this.#nvr.sessions.failures;
  }

  /** Snapshots on the NVR's disk. */
  get snapshotPaths(): readonly string[] {
    return this.#nvr.snapshots.all.map(({ snapshotPath }) => snapshotPath);
  }

  /** @throws {@link InvalidParameterError} */
  throwEvent(event: ThrownEvent): void {
    checked('event', () => this.#nvr.events.throw(event));
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
    this.#endPause?.();
    await this.#inTurn(async () => {
      await this.#shut();
      await this.#control?.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #open(): Promise<void> {
    const { host, port, controlPort, scene, clock } = this.#settings;
    this.#port = await this.#api.open(host, this.#port || port);
    if (this.#control && this.#controlPort === undefined) {
      this.#controlPort = await this.#control.open('127.0.0.1', controlPort ?? 0);
    }
    if (scene !== false) this.#endScene = playScene(this.#nvr, scene, clock);
  }

  async #shut(): Promise<void> {
    this.#endScene?.();
    this.#sockets.cut();
    await this.#api.close();
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

/** What the API refuses, the caller of the class gets as an error with a code. */
function checked<T>(parameter: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Refusal ? new InvalidParameterError(parameter, error.message) : error;
  }
}
