import { randomBytes } from 'node:crypto';
import {
  type CameraState,
  type Clock,
  type Connection,
  type DeviceStore,
  type ListedCamera,
  type Logger,
  Nvr,
  type NvrEvent,
  type StateChange,
  type Subscription,
} from '../../shared/index.js';
import { cleanText, FirstTimes, limits } from '../../shared/internal.js';
import type { Incoming } from '../broker/broker.js';
import type { Outbox } from '../broker/outbox.js';
import type { NvrConfig } from '../config/read.js';
import type { Leftovers } from '../leftovers.js';
import { type CommandTarget, firstKinds, kindOf, type SiteTopics } from '../topics.js';
import { AnnouncedStates } from './announced-states.js';
import { Checkups } from './checkups.js';
import { CommandHandler } from './command-handler.js';
import { Descriptions } from './descriptions.js';
import { type Identity, identify } from './identity.js';
import { type Announced, Memory, placeOf } from './memory.js';
import { Pictures } from './pictures.js';

/** What one NVR's bridge shares with those of the others. */
export interface Surroundings {
  readonly site: SiteTopics;
  readonly outbox: Outbox;
  readonly store: DeviceStore;
  readonly clock: Clock;
  /** One that somebody else has opened, and closes. Default: one of its own. */
  readonly client?: Nvr | undefined;
  /** Names the NVR in each line. */
  readonly logger: Logger;
  /** Prefix of Home Assistant's discovery. */
  readonly homeAssistant: string | undefined;
  /** Whether the name is free, and now this one's. */
  claim(id: string, bridge: NvrBridge): boolean;
  release(id: string): void;
  /** It has said who it is. */
  named(): void;
  /** What to do about one that has no name of its own. */
  readonly advice: string;
  readonly leftovers: Leftovers;
  subscribe(filters: readonly string[]): void;
  unsubscribe(filters: readonly string[]): void;
}

/** One NVR, told to the broker: its state as retained topics, its events as messages, commands the other way. */
export class NvrBridge {
  readonly #config: NvrConfig;
  readonly #around: Surroundings;
  readonly #logger: Logger;
  readonly #nvr: Nvr;
  readonly #memory: Memory;
  readonly #commands: CommandHandler;
  readonly #descriptions: Descriptions;
  readonly #checkups: Checkups;
  readonly #pictures: Pictures | undefined;
  readonly #warned = new FirstTimes();
  readonly #end = new AbortController();
  /** Part of events' ids: another with each start. */
  readonly #run = randomBytes(4).toString('hex');
  #subscriptions: readonly Subscription[] = [];
  #identity: Identity | undefined;
  #states: AnnouncedStates | undefined;
  /** Checked with the NVR itself, and not only remembered. */
  #isCertain = false;
  #isAsking = false;
  /** It has answered, and has no name that is free. */
  #isNameless = false;
  #cameras: ReadonlyMap<number, ListedCamera> = new Map();
  #emptyLists = 0;
  #seq = 0;
  /** Events that were dropped while the broker was away. */
  #dropped = 0;

  constructor(config: NvrConfig, around: Surroundings) {
    const { host, port, https, fingerprint, username, password } = config;
    const { clock, store } = around;
    this.#config = config;
    this.#around = around;
    const logger = (this.#logger = around.logger);
    this.#nvr = around.client ?? new Nvr({ host, port, https, fingerprint, username, password, store, clock, logger });
    this.#memory = new Memory(store, placeOf(around.site, config), logger);
    this.#commands = new CommandHandler(this.#nvr, {
      ...{ allowed: config.commands, clock, signal: this.#end.signal },
      snapshot: async (channel) => this.#pictures?.take(channel),
      publish: (payload) => {
        if (!this.#states || !this.#identity) return;
        around.outbox.event({ source: this.#identity.id, topic: this.#states.topics.result, payload });
      },
      warn: (line) => this.#warnOnce(line),
    });
    this.#descriptions = new Descriptions(around.outbox, around.site, around.homeAssistant);
    this.#checkups = new Checkups(this.#nvr, {
      ...{ clock, https },
      channels: () => this.#enabled(),
      counts: () => ({ received: this.#seq, dropped: this.#dropped }),
      publish: (health) => {
        if (this.#states && this.#isCertain) around.outbox.retain(this.#states.topics.health, health);
      },
    });
    if (!config.snapshots) return;
    this.#pictures = new Pictures(this.#nvr, {
      ...{ clock, limits: this.#nvr.limits },
      everySeconds: config.snapshots.everySeconds,
      channels: () => this.#enabled().filter((channel) => this.#nvr.state.camera(channel)?.online === true),
      wanted: () => this.#states !== undefined && around.outbox.connected,
      publish: (channel, jpeg) =>
        this.#states ? around.outbox.picture(this.#states.topics.channel(channel, 'snapshot'), jpeg) : 'away',
      failed: (channel, error) => this.#warnOnce(`no picture of channel ${channel}: ${String(error)}`),
    });
  }

  /** Puts what an earlier run left with the broker in doubt. Before anything is told, so that nothing old passes for true. */
  async recall(): Promise<void> {
    const announced = await this.#memory.read();
    if (!announced) return;
    if (this.#config.id === undefined || this.#config.id === announced.id) {
      if (this.#adopt({ id: announced.id }, announced)) this.#tellConnection({ is: 'unknown' });
      return;
    }
    // It has another name now: what stands under the old one is for who may have that now, or goes.
    this.#around.leftovers.leave(announced);
  }

  /** Who it is is certain. One that does not tell, or says that it is another one, may be any. */
  get isNamed(): boolean {
    return this.#isCertain || this.#config.id !== undefined;
  }

  /** A name is free. */
  nameAgain(): void {
    if (this.#isNameless && !this.#end.signal.aborted) void this.#makeCertain();
  }

  start(): void {
    this.#subscriptions = [this.#nvr.state.watch({ device: true }, (change) => this.#beforeCertain(change))];
  }

  /** What it tells is in doubt from now on. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#checkups.stop();
    this.#pictures?.stop();
    for (const subscription of this.#subscriptions) subscription.close();
    this.#states?.allUnknown();
    this.#tellConnection({ is: 'unknown' });
    await Promise.all([this.#around.client ? undefined : this.#nvr.close(), this.#memory.finish()]);
  }

  /** One of its events found no room. */
  drop(): void {
    this.#dropped += 1;
    this.#checkups.tell();
  }

  /** Something was published to one of its topics of commands. */
  command(target: CommandTarget, incoming: Incoming): void {
    if (this.#states && this.#isCertain) this.#commands.take(this.#states.topics.base, target, incoming);
  }

  /** Until it has said who it is, only whether it answers is told, under the name that it had. */
  #beforeCertain(change: StateChange): void {
    if (change.kind === 'connection') {
      this.#tellConnection(change.connection);
      const { connection } = change;
      if ('error' in connection && connection.error)
        this.#warnOnce(`it is ${connection.is}: ${connection.error.message}`);
    }
    if (change.kind === 'device' || change.kind === 'unreadable') void this.#makeCertain();
  }

  async #makeCertain(): Promise<void> {
    const { signal } = this.#end;
    if (this.#isAsking) return;
    this.#isAsking = true;
    const identity = await identify(this.#nvr, this.#config.id, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#warnOnce(`it does not say who it is: ${String(error)}`);
      return 'unknown' as const;
    });
    this.#isAsking = false;
    if (signal.aborted || identity === 'unknown') return;
    this.#isNameless = !identity;
    if (!identity) {
      this.#warnOnce(`it tells neither serial number nor MAC address: ${this.#around.advice}`);
      return;
    }
    const before = this.#identity;
    if (this.#isCertain && before?.id === identity.id) return;
    if (before && before.id !== identity.id) this.#forgetOwn(identity.id);
    if (this.#states) this.#identity = identity;
    else if (!this.#adopt(identity)) {
      this.#isNameless = true;
      return;
    }
    this.#isCertain = true;
    this.#around.subscribe(this.#states?.topics.commands(this.#config.commands) ?? []);
    this.#follow();
    this.#around.named();
  }

  #follow(): void {
    for (const subscription of this.#subscriptions) subscription.close();
    const { state, events, cameraStatus } = this.#nvr;
    const all = { device: true, list: true, cameras: true, events: true, pins: true, disks: true };
    this.#subscriptions = [
      state.watch(all, (change) => this.#changed(change)),
      events.subscribe({ message: (event) => this.#event(event) }),
      cameraStatus.subscribe({
        message: (statuses) => {
          if (!state.events.known) return;
          for (const { channel, event } of statuses) if (event === false) this.#states?.quiet(channel);
        },
      }),
    ];
  }

  #changed(change: StateChange): void {
    const states = this.#states;
    if (!states || change.kind === 'dropped') return;
    switch (change.kind) {
      case 'connection':
        return this.#tellConnection(change.connection);
      case 'device':
        if (!change.first) void this.#makeCertain();
        return this.#describe();
      case 'cameras':
        return this.#list(change.cameras);
      case 'camera':
        return this.#isListed(change.channel) ? this.#camera(states, change.channel, change.camera) : undefined;
      case 'events':
        return states.eventsUnknown();
      case 'event':
        return this.#eventState(change);
      case 'pins':
        states.keepPins('do', change.pins?.outputs ?? []);
        states.keepPins('di', change.pins?.inputs ?? []);
        return this.#describe();
      case 'input':
      case 'output':
        return states.pin(change.kind === 'input' ? 'di' : 'do', change.pin, change.on);
      case 'disks':
        return this.#checkups.disks(change.disks);
      case 'unreadable':
        return this.#logger.debug(`${change.what} cannot be read: ${change.error.message}`);
    }
  }

  #camera(states: AnnouncedStates, channel: number, camera: CameraState | undefined): void {
    states.status(channel, camera?.online);
    states.state(channel, 'recording', camera?.recording);
  }

  #eventState({ channel, type, active }: Extract<StateChange, { kind: 'event' }>): void {
    if (!this.#isListed(channel)) return;
    if (type === undefined) {
      if (!active) this.#states?.quiet(channel);
      return;
    }
    const kind = kindOf(type);
    if (kind === '') return;
    const isNew = this.#states?.state(channel, kind, active);
    if (isNew === undefined) this.#nvr.limits.hit('broker.kinds', `channel ${channel}`, 'types have no topics');
    if (isNew) this.#describe();
  }

  #event({ channel, type, state }: NvrEvent): void {
    if (!this.#states || !this.#identity) return;
    this.#seq += 1;
    const event = {
      id: `${this.#run}-${this.#seq}`,
      seq: this.#seq,
      time: new Date(this.#around.clock.wall()).toISOString(),
      type: kindOf(type),
      state,
      raw: type,
    };
    const topic = this.#states.topics.channel(channel, 'event');
    this.#around.outbox.event({ source: this.#identity.id, topic, payload: JSON.stringify(event) });
    if (state !== 'inactive' && this.#config.snapshots?.onEvent && channel > 0) this.#pictures?.event(channel);
  }

  /** The NVR's own events have a channel, too: 0. */
  #isListed(channel: number): boolean {
    return channel === 0 || this.#cameras.has(channel);
  }

  #enabled(): readonly number[] {
    return [...this.#cameras.keys()].sort((a, b) => a - b);
  }

  /** Cameras that are gone, or switched off, are cleared; a list without any may be that of an NVR that still starts. */
  #list(cameras: readonly ListedCamera[]): void {
    this.#emptyLists = cameras.length === 0 ? this.#emptyLists + 1 : 0;
    if (this.#emptyLists === 1) return;
    const states = this.#states;
    if (!states) return;
    const before = this.#cameras;
    this.#cameras = new Map(cameras.filter(({ enabled }) => enabled).map((camera) => [camera.channel, camera]));
    for (const channel of states.channels.keys()) if (!this.#isListed(channel)) this.#forgetChannel(channel);
    const { state } = this.#nvr;
    for (const channel of this.#cameras.keys()) {
      for (const kind of firstKinds(this.#config.events)) states.has(channel, kind);
      if (before.has(channel)) continue;
      // What was told before it was listed: its topics may be known from an earlier run.
      this.#camera(states, channel, state.camera(channel));
      for (const type of state.events.active(channel))
        this.#eventState({ kind: 'event', channel, type, active: true, first: true });
    }
    this.#describe();
    this.#checkups.start();
  }

  #adopt(identity: Identity, own?: Announced): boolean {
    const { site, outbox, leftovers, homeAssistant } = this.#around;
    if (!this.#around.claim(identity.id, this)) {
      this.#warnOnce(`another NVR is called ${identity.id}, too: ${this.#around.advice}`);
      return false;
    }
    this.#identity = identity;
    const [states, inherited] = [new AnnouncedStates(site.nvr(identity.id), outbox), leftovers.inherit(identity.id)];
    this.#states = states;
    for (const announced of [own, ...inherited]) {
      if (!announced) continue;
      states.recall(announced);
      this.#descriptions.recall(announced.discovery);
      if (announced.pictures && !this.#pictures) states.clearPictures();
      if (announced.discovery?.prefix !== homeAssistant) leftovers.withdraw(announced);
    }
    if (inherited.length > 0) this.#remember();
    return true;
  }

  /** Another NVR is there: whatever was told of this one goes, unless it is found at another address. */
  #forgetOwn(other: string): void {
    const announced = this.#announced();
    if (!announced) return;
    this.#logger.warn(`it is another NVR than before: ${other} instead of ${announced.id}`);
    this.#around.unsubscribe(this.#around.site.nvr(announced.id).commands(this.#config.commands));
    this.#descriptions.forget();
    this.#states = undefined;
    this.#identity = undefined;
    this.#isCertain = false;
    this.#cameras = new Map();
    this.#around.release(announced.id);
    this.#around.leftovers.leave(announced);
  }

  #forgetChannel(channel: number): void {
    this.#states?.forgetChannel(channel);
    if (this.#identity) this.#descriptions.clearCamera(this.#identity.id, channel);
  }

  #tellConnection(connection: Connection): void {
    if (!this.#states) return;
    const error = 'error' in connection ? connection.error : undefined;
    const status = { connection: connection.is, ...(error && { code: error.code }) };
    this.#around.outbox.retain(this.#states.topics.status, JSON.stringify(status));
  }

  /** Names and models, to people and to Home Assistant, and what is to be remembered of them. */
  #describe(): void {
    const states = this.#states;
    if (!states || !this.#identity) return;
    this.#descriptions.tell(states, {
      identity: this.#identity,
      device: this.#nvr.state.device,
      cameras: [...this.#cameras.values()],
      maySwitch: this.#config.commands.outputs,
      pictures: this.#pictures !== undefined,
    });
    this.#remember();
  }

  #remember(): void {
    const announced = this.#announced();
    if (announced) this.#memory.write(announced);
    this.#around.leftovers.add(placeOf(this.#around.site, this.#config));
  }

  /** What the broker may keep of it. */
  #announced(): Announced | undefined {
    const [states, id] = [this.#states, this.#identity?.id];
    if (!states || id === undefined) return undefined;
    const pins = { outputs: states.pins('do'), inputs: states.pins('di') };
    const { discovery } = this.#descriptions;
    return { id, channels: states.channels, ...pins, pictures: this.#pictures !== undefined, discovery };
  }

  #warnOnce(message: string): void {
    const line = cleanText(message, limits.text.line);
    if (this.#warned.isFirst(line)) this.#logger.warn(line);
  }
}
