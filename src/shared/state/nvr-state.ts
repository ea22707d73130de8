import { isDeepStrictEqual } from 'node:util';
import type { Timer } from '../clock.js';
import type { SocketEnvironment } from '../link/reconnecting-socket.js';
import { NvrError } from '../errors.js';
import type { Subscription } from '../push/hook.js';
import { tell } from '../push/tell.js';
import type { Operation } from '../sdk/declaration.js';
import { CamerasNow, isListDoubtful } from './cameras.js';
import { connectionOf, isSameConnection, type Source, type SourceState, type Sources } from './connection.js';
import { verdictOf, withSource } from './connection.js';
import { DiskFaults } from './disk-faults.js';
import { EventStates } from './event-states.js';
import { allFirstEvents } from './first-events.js';
import type {
  CameraState,
  Connection,
  Disk,
  Interest,
  ListedCamera,
  NvrDevice,
  Pins,
  Readable,
  StateChange,
} from './model.js';
import { isPinEvent, PinValues } from './pin-values.js';
import { Poller } from './poller.js';
import { INTERVALS, type Part, type StateSources } from './readings.js';
import {
  readCameras,
  readDevice,
  readManual,
  readPins,
  readPinValues,
  readStatuses,
  readStorages,
} from './readings.js';
import { type Watcher, watcherOf, Watchers } from './watchers.js';

type Hooked = Exclude<Source, 'calls'>;

/** ms that events are followed after the last who watched them: longer than a deploy exchanges a node for another. */
const EVENT_LINGER = 5000;

/**
 * What the NVR is now, in one place: derived from hooks, reconciled by reads, unknown after a lost connection until read
 * again, and told as typed changes to those whom they concern. Only what somebody watches is asked for; what is known
 * besides can be looked up at any time.
 */
export class NvrState {
  /** Which events are active; the same that {@link watch} tells of. */
  readonly events: EventStates;
  readonly #sources: StateSources;
  readonly #environment: SocketEnvironment;
  readonly #watchers = new Watchers();
  readonly #pollers: Readonly<Record<Part, Poller>>;
  /** Parts that were read before the connection was lost. */
  readonly #stale = new Set<Part>();
  /** Parts that the NVR does not give, though it answers. */
  readonly #unreadable = new Set<Part>();
  readonly #values = new PinValues((change) => this.#tell(change));
  readonly #subscriptions = new Map<Hooked, readonly Subscription[]>();
  #heard: Sources = new Map();
  #eventsKnown = false;
  #linger: Timer | undefined;
  #connection: Connection = { is: 'unknown' };
  #device: NvrDevice | undefined;
  #list: readonly ListedCamera[] | undefined;
  readonly #cameras = new CamerasNow((channel, camera) => this.#tell({ kind: 'camera', channel, camera }));
  #pins: Pins | undefined;
  #disks: readonly Disk[] | undefined;
  readonly #faults: DiskFaults;

  /** @internal */
  constructor(sources: StateSources, environment: SocketEnvironment) {
    this.#sources = sources;
    this.#environment = environment;
    const { clock, logger } = environment;
    this.#faults = new DiskFaults(environment.limits);
    this.events = new EventStates(sources.events, () => readStatuses(sources), {
      ...{ clock, logger, limits: environment.limits },
      isAskedFor: (type) => this.#watchers.isAskedFor(type),
    });
    const poller = (part: Part, read: () => Promise<void>) =>
      new Poller({
        ...{ clock, random: () => environment.random(), interval: INTERVALS[part] },
        read: () => this.#reading(part, read),
        spent: () => environment.limits.hit('state.hurriedReadings', part, 'it is read in its turn only'),
      });
    this.#pollers = {
      device: poller('device', () => this.#readDevice()),
      list: poller('list', () => this.#readList()),
      pins: poller('pins', () => this.#readPins()),
      values: poller('values', () => this.#readValues()),
      disks: poller('disks', () => this.#readDisks()),
      manual: poller('manual', () => this.#readManual()),
    };
  }

  /** As far as those who watch make it known: with nobody watching it stays as it was. */
  get connection(): Connection {
    return this.#connection;
  }

  /** The last that was read. */
  get device(): NvrDevice | undefined {
    return this.#device;
  }

  /** Which cameras there are, by the last list that was read. */
  get cameras(): readonly ListedCamera[] | undefined {
    return this.#list;
  }

  /** What a camera does; `undefined` while nobody watches cameras, or nothing is known. */
  camera(channel: number): CameraState | undefined {
    return this.#cameras.states.get(channel);
  }

  /** Whether an event is active; `undefined` while events are not known. Types are compared as the NVR writes them. */
  isActive(channel: number, type: string): boolean | undefined {
    const active = this.events.active(channel).has(type);
    return active || this.events.known ? active : undefined;
  }

  /** The NVR's own pins. */
  get pins(): Pins | undefined {
    return this.#pins;
  }

  /** Whether one of the NVR's own pins is on; `undefined`: not known. */
  pin(pin: number): boolean | undefined {
    return this.#values.get(pin);
  }

  get disks(): readonly Disk[] | undefined {
    return this.#disks;
  }

  /** Tells what is known at once (`first`), and every change from then on: each once, to those whom it concerns. */
  watch(interest: Interest, listener: (change: StateChange) => void): Subscription {
    const watcher = watcherOf(interest, listener);
    this.#watchers.add(watcher);
    this.#follow();
    for (const change of this.#first(watcher)) this.#tellOne(watcher, change);
    return {
      close: () => {
        this.#watchers.remove(watcher);
        this.#follow();
      },
    };
  }

  /** Reads pins, cameras or whatever else is watched now. Resolves when that is done, or has failed. */
  async refresh(what: Readable): Promise<void> {
    await Promise.all([this.#pollers[what].now(), ...(what === 'pins' ? [this.#pollers.values.now()] : [])]);
  }

  /**
   * Somebody carries out an operation that changes what is known. A reading that it overtakes is not believed.
   *
   * @internal
   */
  async during<T>(operation: Operation, params: Readonly<Record<string, unknown>>, work: Promise<T>): Promise<T> {
    if (operation.effect === 'read') return work;
    const { id } = operation;
    const of = id === 'pinManualSetting' ? this.#values : id === 'manualRecord' ? this.#cameras : undefined;
    of?.overtake();
    const result = await work.finally(() => of?.overtake());
    if (of === this.#values) this.#values.written(Number(params['pinID']), params['pinValue'] === 1);
    else if (of) this.#cameras.written(Number(params['channel']), params['command'] === 'start');
    else if (operation.domain === 'camera') this.#pollers.list.soon();
    else if (operation.domain === 'storage') {
      this.#faults.done(operation, params);
      this.#pollers.disks.soon();
    } else if (operation.id === 'setSystemInfo') this.#pollers.device.soon();
    return result;
  }

  /** @internal */
  close(): void {
    for (const watcher of [...this.#watchers]) this.#watchers.remove(watcher);
    this.#linger?.cancel();
    for (const source of [...this.#subscriptions.keys()]) this.#keep(source, false, () => []);
    for (const poller of Object.values(this.#pollers)) poller.stop();
    this.events.close();
  }

  /** Opens and reads what somebody wants, and nothing else. */
  #follow(): void {
    const wanted = (what: keyof Watcher['wants']) => this.#watchers.want(what);
    this.#keepEvents(wanted('events') || wanted('pins'));
    this.#keep('status', wanted('cameras'), () => [this.#followStatus()]);
    this.#keep('exceptions', wanted('disks'), () => [this.#followExceptions()]);
    for (const part of Object.keys(INTERVALS) as Part[]) {
      if (wanted(part === 'values' ? 'pins' : part)) this.#pollers[part].start();
      else this.#pollers[part].stop();
    }
    if (!wanted('pins')) this.#values.forget();
    if (!wanted('manual')) this.#cameras.forgetManual();
    if (this.#watchers.size > 0 || this.#subscriptions.size > 0) return;
    this.#heard = new Map();
    this.#connection = { is: 'unknown' };
  }

  /** What is active stays known for a while: whoever is exchanged for another must not make it forgotten. */
  #keepEvents(wanted: boolean): void {
    this.#linger?.cancel();
    if (wanted || !this.#subscriptions.has('events')) return this.#keep('events', wanted, () => this.#followEvents());
    this.#linger = this.#environment.clock.after(EVENT_LINGER, () => {
      this.#keep('events', false, () => []);
      this.#follow();
    });
  }

  #keep(source: Hooked, wanted: boolean, open: () => readonly Subscription[]): void {
    const subscriptions = this.#subscriptions.get(source);
    if (wanted && !subscriptions) this.#subscriptions.set(source, open());
    if (wanted || !subscriptions) return;
    this.#subscriptions.delete(source);
    for (const subscription of subscriptions) subscription.close();
    this.#heard = withSource(this.#heard, source, undefined);
    if (source === 'events') this.#eventsKnown = false;
    if (source === 'status') this.#cameras.clear();
  }

  #followEvents(): readonly Subscription[] {
    return [
      this.#sources.events.subscribe({
        message: (event) => {
          if (isPinEvent(event)) this.#pollers.values.soon();
        },
        connected: () => this.#hear('events', { up: true }),
        disconnected: (error) => this.#hear('events', { up: false, error }),
      }),
      this.events.subscribe({
        changed: (change) => this.#tell({ kind: 'event', ...change }),
        dropped: (dropped) => this.#tell({ kind: 'dropped', ...dropped }),
        known: () => {
          this.#eventsKnown = true;
          for (const watcher of this.#watchers) {
            for (const change of this.#firstEvents(watcher)) this.#tellOne(watcher, change);
          }
        },
        unknown: () => {
          if (this.#eventsKnown) this.#tell({ kind: 'events', known: false });
          this.#eventsKnown = false;
        },
      }),
    ];
  }

  #followStatus(): Subscription {
    return this.#sources.cameraStatus.subscribe({
      message: (statuses) => {
        if (this.#list && isListDoubtful(this.#list, this.#cameras.states, statuses)) this.#pollers.list.soon();
        this.#cameras.take(statuses);
        this.events.hear(statuses);
      },
      connected: () => this.#hear('status', { up: true }),
      disconnected: (error) => {
        this.#cameras.take(undefined);
        this.#hear('status', { up: false, error });
      },
    });
  }

  #followExceptions(): Subscription {
    return this.#sources.exceptions.subscribe({
      message: (exception) => {
        this.#faults.report(exception, this.#environment.clock.now());
        this.#pollers.disks.soon();
      },
      connected: () => this.#hear('exceptions', { up: true }),
      disconnected: (error) => this.#hear('exceptions', { up: false, error }),
    });
  }

  #hear(source: Source, state: SourceState): void {
    this.#heard = withSource(this.#heard, source, state);
    const before = this.#connection;
    const connection = connectionOf(this.#heard);
    this.#connection = connection;
    if (isSameConnection(before, connection)) return;
    this.#tell({ kind: 'connection', connection });
    if (before.is === 'connected') this.#forget();
    if (connection.is !== 'connected') return;
    for (const part of this.#stale) this.#pollers[part].soon();
  }

  /** What was read is in doubt until it is read again. */
  #forget(): void {
    for (const part of Object.keys(this.#pollers) as Part[]) this.#stale.add(part);
    this.#values.forget();
    this.#cameras.forgetManual();
  }

  async #reading(part: Part, read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.#unreadable.delete(part);
      if (this.#watchers.size > 0) this.#hear('calls', { up: true });
    } catch (error) {
      const verdict = verdictOf(error);
      if (this.#watchers.size > 0 && verdict) this.#hear('calls', verdict);
      if (verdict?.up && error instanceof NvrError && !this.#unreadable.has(part)) {
        this.#unreadable.add(part);
        // That a pin has no value, or a camera no answer, tells itself.
        if (part !== 'values' && part !== 'manual') this.#tell({ kind: 'unreadable', what: part, error });
      }
      if (part === 'values') this.#values.forget();
      else if (part === 'manual') this.#cameras.forgetManual();
      this.#stale.add(part);
      throw error;
    }
  }

  /** Tells what was read, where it is news: another than before, or the first since the connection was lost. */
  #news(part: Part, isSame: boolean, change: StateChange): void {
    const fresh = this.#stale.delete(part);
    if (!isSame || fresh) this.#tell(change);
  }

  async #readDevice(): Promise<void> {
    const before = this.#device;
    const device = (this.#device = await readDevice(this.#sources));
    this.#news('device', isDeepStrictEqual(before, device), { kind: 'device', device });
  }

  async #readList(): Promise<void> {
    const cameras = (this.#list = await readCameras(this.#sources, this.#environment.limits));
    this.#news('list', false, { kind: 'cameras', cameras });
  }

  async #readPins(): Promise<void> {
    const before = this.#pins;
    const pins = (this.#pins = await readPins(this.#sources, this.#environment.limits));
    this.#news('pins', before !== undefined && isDeepStrictEqual(before, pins), { kind: 'pins', pins });
    this.#values.classify(pins);
  }

  async #readValues(): Promise<void> {
    const isOvertaken = this.#values.begin();
    const values = await readPinValues(this.#sources, this.#environment.limits);
    this.#stale.delete('values');
    if (!isOvertaken()) this.#values.read(values);
  }

  async #readDisks(): Promise<void> {
    const before = this.#disks;
    const { limits, clock } = this.#environment;
    const disks = (this.#disks = this.#faults.of(await readStorages(this.#sources, limits), clock.now()));
    this.#news('disks', isDeepStrictEqual(before, disks), { kind: 'disks', disks });
  }

  async #readManual(): Promise<void> {
    await this.#cameras.readManual(() => readManual(this.#sources));
    this.#stale.delete('manual');
  }

  /** What is known of what somebody wants who has just come. */
  *#first(watcher: Watcher): Iterable<StateChange> {
    const { device, list, pins, disks, cameras } = watcher.wants;
    const connection = this.#connection;
    if (connection.is !== 'unknown') yield { kind: 'connection', connection, first: true };
    const known = (part: Part) => this.#connection.is === 'connected' && !this.#stale.has(part);
    if (device && this.#device && known('device')) yield { kind: 'device', device: this.#device, first: true };
    if (list && this.#list && known('list')) yield { kind: 'cameras', cameras: this.#list, first: true };
    if (cameras) {
      for (const [channel, camera] of this.#cameras.states) {
        if (cameras.channels?.has(channel) ?? true) yield { kind: 'camera', channel, camera, first: true };
      }
    }
    if (pins && this.#pins && known('pins')) {
      yield { kind: 'pins', pins: this.#pins, first: true };
      for (const change of this.#values) yield { ...change, first: true };
    }
    if (disks && this.#disks && known('disks')) yield { kind: 'disks', disks: this.#disks, first: true };
    if (this.events.known && !watcher.toldEvents) yield* this.#firstEvents(watcher);
  }

  *#firstEvents(watcher: Watcher): Iterable<StateChange> {
    const filter = watcher.wants.events;
    if (!filter) return;
    if (watcher.toldEvents) return void (yield { kind: 'events', known: true });
    watcher.toldEvents = true;
    yield { kind: 'events', known: true, first: true };
    for (const event of allFirstEvents(filter, this.#cameras.statuses ?? this.events.statuses, this.events)) {
      yield { kind: 'event', ...event, first: true };
    }
  }

  #tell(change: StateChange): void {
    for (const watcher of this.#watchers.of(change)) this.#tellOne(watcher, change);
  }

  #tellOne(watcher: Watcher, change: StateChange): void {
    if (!this.#watchers.has(watcher)) return;
    tell([watcher], this.#environment.logger, () => watcher.tell(change));
  }
}
